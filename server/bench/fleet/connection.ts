/**
 * One kept connection that sends a request and waits for its answer. A hundred thousand machines share one process, so it
 * reads no more of HTTP than the answers of an aggregator need.
 */
import { connect, type Socket } from 'node:net';
import type { URL } from 'node:url';

export interface Answer {
  readonly status: number;
  /** Null without Retry-After. */
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

export interface Ends {
  /** The answer to what was sent last. */
  answered(connection: Connection, answer: Answer): void;
  /** What was sent last was not answered, for this reason. */
  failed(connection: Connection, reason: string): void;
}

export interface Place {
  readonly target: URL;
  /** Address of this machine it comes from; null: the kernel's choice. */
  readonly source: string | null;
}

/** All connections read into it, one after another: whoever is told of bytes takes them out at once. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);
const HEAD_END = '\r\n\r\n';

export class Connection {
  /** For whom it is busy now; -1: for nobody. */
  host = -1;
  /** When that began, by `performance.now()`. */
  busySince = 0;
  readonly place: Place;
  readonly #ends: Ends;
  #socket: Socket | null = null;
  #received = '';

  constructor(place: Place, ends: Ends) {
    this.place = place;
    this.#ends = ends;
  }

  /** Connects anew where the other end has closed. */
  send(host: number, bytes: string | Buffer): void {
    this.host = host;
    this.busySince = performance.now();
    this.#received = '';
    const socket = this.#socket ?? this.#open();
    if (typeof bytes === 'string') socket.write(bytes, 'latin1');
    else socket.write(bytes);
  }

  /** Gives up waiting. */
  cut(reason: string): void {
    this.#drop(reason);
  }

  close(): void {
    this.host = -1;
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const { target, source } = this.place;
    const socket: Socket = connect({
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: Number(target.port || 80),
      noDelay: true,
      ...(source === null ? {} : { localAddress: source }),
      onread: { buffer: shared, callback: (count) => this.#read(socket, count) },
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      if (this.#socket === socket) this.#drop(cause.code ?? cause.message);
    });
    socket.once('close', () => {
      if (this.#socket === socket) this.#drop('closed');
    });
    this.#socket = socket;
    return socket;
  }

  #drop(reason: string): void {
    const wasBusy = this.host >= 0;
    this.#socket?.destroy();
    this.#socket = null;
    if (wasBusy) this.#ends.failed(this, reason);
  }

  #read(socket: Socket, count: number): boolean {
    if (this.#socket !== socket || this.host < 0) return true;
    const text = shared.toString('latin1', 0, count);
    this.#received = this.#received === '' ? text : this.#received + text;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return true;
    this.#finish(headEnd);
    return true;
  }

  /** Once the whole body is there. */
  #finish(headEnd: number): void {
    const head = this.#received.slice(0, headEnd);
    const length = numberIn(head, CONTENT_LENGTH);
    if (length === null) {
      this.#drop('an answer without a length');
      return;
    }
    const bodyBegin = headEnd + HEAD_END.length;
    if (this.#received.length < bodyBegin + length) return;
    const body = this.#received.slice(bodyBegin, bodyBegin + length);
    this.#received = '';
    if (CLOSES.test(head)) {
      this.#socket?.destroy();
      this.#socket = null;
    }
    const status = Number(head.slice(9, 12));
    this.#ends.answered(this, {
      status,
      retryAfterSeconds: status < 400 ? null : numberIn(head, RETRY_AFTER),
      body,
    });
  }
}

const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const RETRY_AFTER = /\r\nretry-after: *(\d+)/i;
const CLOSES = /\r\nconnection: *close/i;

function numberIn(head: string, header: RegExp): number | null {
  const [, digits] = header.exec(head) ?? [];
  return digits === undefined ? null : Number(digits);
}
