/** Server-sent events: each reader gets what it has not seen yet, at the pace at which it reads. */
import { type ServerResponse } from 'node:http';
import { type Happening } from '../contract.ts';
import { type RecentHappenings } from './happenings.ts';

export interface EventStreamsOptions {
  readonly happenings: RecentHappenings;
  readonly heartbeatMs?: number;
  readonly mostStreams?: number;
}

const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 64;
/** So much is handed to a connection at once. More waits in the ring, which all streams share, until that was taken. */
const CHUNK_CHARACTERS = 64 * 1024;
/** After this a reader that was cut off comes back. */
const RETRY_MS = 1_000;

interface Stream {
  readonly response: ServerResponse;
  /** Number of the last happening it was given. */
  position: number;
  /** It has taken nothing since a heartbeat found that it had something to take. */
  isStuck: boolean;
}

type FrameOf = (happening: Happening) => string;

export class EventStreams {
  readonly #happenings: RecentHappenings;
  readonly #mostStreams: number;
  readonly #streams = new Set<Stream>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #forget: () => void;
  #hasEnded = false;

  constructor({ happenings, heartbeatMs = HEARTBEAT_MS, mostStreams = MOST_STREAMS }: EventStreamsOptions) {
    this.#happenings = happenings;
    this.#mostStreams = mostStreams;
    this.#forget = happenings.onAdded(() => this.#tellAll());
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** No further stream can be opened now. */
  get isFull(): boolean {
    return this.#hasEnded || this.#streams.size >= this.#mostStreams;
  }

  /** Sends what happened after that number, then what happens, until either side ends it. The head is written already. */
  open(response: ServerResponse, since: number): void {
    const stream = { response, position: this.#happenings.startAfter(since), isStuck: false };
    this.#streams.add(stream);
    response.on('drain', () => {
      stream.isStuck = false;
      this.#tell(stream, frameOf);
    });
    response.on('error', () => response.destroy());
    response.once('close', () => this.#streams.delete(stream));
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#tell(stream, frameOf);
  }

  /** Ends all streams, and no other can be opened. */
  end(): void {
    this.#hasEnded = true;
    clearInterval(this.#heartbeat);
    this.#forget();
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
  }

  #tellAll(): void {
    const shared = onceEach(frameOf);
    for (const stream of this.#streams) this.#tell(stream, shared);
  }

  #tell(stream: Stream, frame: FrameOf): void {
    const { response } = stream;
    while (this.#streams.has(stream) && !response.writableNeedDrain) {
      const chunk = this.#nextChunk(stream, frame);
      if (chunk === '') return;
      response.write(chunk);
    }
  }

  #nextChunk(stream: Stream, frame: FrameOf): string {
    let chunk = '';
    while (chunk.length < CHUNK_CHARACTERS) {
      const next = this.#happenings.next(stream.position);
      if (next === undefined) break;
      stream.position = next.sequence;
      chunk += frame(next);
    }
    return chunk;
  }

  /** Who takes nothing from one heartbeat to the next is cut off: it keeps the place of another. */
  #beat(): void {
    for (const stream of this.#streams) {
      const { response } = stream;
      const isBehind = response.writableNeedDrain;
      if (isBehind && stream.isStuck) response.destroy();
      else if (!isBehind) response.write(': here\n\n');
      stream.isStuck = isBehind;
    }
  }
}

/** JSON has no line break, so that one data line is enough. */
function frameOf(happening: Happening): string {
  return `id: ${happening.sequence}\nevent: ${happening.kind}\ndata: ${JSON.stringify(happening)}\n\n`;
}

/** As long as it lives: for the streams that are told the same at the same moment. */
function onceEach(make: FrameOf): FrameOf {
  const made = new Map<Happening, string>();
  return (happening) => {
    const known = made.get(happening) ?? make(happening);
    made.set(happening, known);
    return known;
  };
}
