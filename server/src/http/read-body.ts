import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';

/** Of a body, before and after decompression. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** A body that is still not here then holds its place for nothing. */
const READ_WITHIN_MS = 30_000;

/** A sign of life's body is smaller; it comes with its head and is read without further ado. */
const SMALL_BODY_BYTES = 2_048;

/** What the client says of its body's length; null when it sends it in chunks. */
export function announcedBytes({ headers }: IncomingMessage): number | null {
  return headers['content-length'] === undefined ? null : Number(headers['content-length']);
}

/** Whether the body is small, and stays so when it is read. */
export function isSmall({ headers }: IncomingMessage): boolean {
  return headers['content-encoding'] === undefined && Number(headers['content-length']) <= SMALL_BODY_BYTES;
}

/** The bytes of the body as they come over the wire. By events: an iterator costs more than a sign of life's parsing. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = new BodyReader(resolve, reject, isSmall(request) ? null : READ_WITHIN_MS);
    request.on('data', (chunk: Buffer) => body.take(chunk));
    request.once('end', () => body.end());
    request.once('error', (cause) => body.fail(brokenOff(cause)));
    if ((announcedBytes(request) ?? 0) > MAX_BODY_BYTES) body.fail(tooLarge());
  });
}

class BodyReader {
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private isSettled = false;
  private readonly overdue: NodeJS.Timeout | null;

  constructor(
    private readonly resolve: (bytes: Buffer) => void,
    private readonly reject: (refusal: Refusal) => void,
    /** Null: the server's own time-out for requests is enough. */
    withinMs: number | null,
  ) {
    this.overdue = withinMs === null ? null : setTimeout(() => this.fail(tooSlow()), withinMs);
  }

  take(chunk: Buffer): void {
    if (this.isSettled) return;
    this.length += chunk.length;
    if (this.length > MAX_BODY_BYTES) this.fail(tooLarge());
    else this.chunks.push(chunk);
  }

  end(): void {
    if (this.isSettled) return;
    this.settle();
    const [first] = this.chunks;
    this.resolve(this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks, this.length));
  }

  /** What comes after it is let go. */
  fail(refusal: Refusal): void {
    if (this.isSettled) return;
    this.settle();
    this.chunks.length = 0;
    this.reject(refusal);
  }

  private settle(): void {
    this.isSettled = true;
    if (this.overdue) clearTimeout(this.overdue);
  }
}

/** What is left of the body is not read, so the connection cannot go on. */
const LAST = { headers: { Connection: 'close' } };

export function tooLarge(): Refusal {
  return new Refusal(413, 'too-large', `expected at most ${MAX_BODY_BYTES} bytes, before and after decompression`, {
    hint: 'send fewer listeners and count the others in coverage.skippedRows',
    ...LAST,
  });
}

function tooSlow(): Refusal {
  return new Refusal(408, 'too-slow', `expected the body within ${READ_WITHIN_MS / 1_000} s`, LAST);
}

function brokenOff(cause: Error): Refusal {
  return new Refusal(400, 'broken-off', 'the body ended early', { ...LAST, cause });
}
