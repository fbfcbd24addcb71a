/** Events as records of a file: length and checksum before each, so that one that was half written is known. Pure. */
import { crc32 } from 'node:zlib';
import type { Event } from '../contract.ts';
import { isRecord } from '../json-shape.ts';

/** An event on its way to the aggregator. */
export interface Waiting {
  readonly event: Event;
  /** Of a gap that stands for dropped events: how many; else 0. */
  readonly lost: number;
}

/** Two unsigned 32-bit numbers, little-endian: bytes of JSON that follow, and their CRC-32. */
const HEAD_BYTES = 8;

export function encodeRecord({ event, lost }: Waiting): Buffer {
  const json = Buffer.from(JSON.stringify(lost === 0 ? event : { ...event, lost }));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(json.length, 0);
  head.writeUInt32LE(crc32(json), 4);
  return Buffer.concat([head, json]);
}

interface Found {
  readonly json: Buffer;
  /** Where the next record begins. */
  readonly end: number;
}

/** Whole records from the beginning up to the first that is not. */
function* recordsIn(bytes: Buffer): Generator<Found> {
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at);
    const json = bytes.subarray(at + HEAD_BYTES, end);
    // Blocks that a power cut left empty are zeros, and the checksum of nothing is zero.
    if (json.length === 0 || end > bytes.length || crc32(json) !== bytes.readUInt32LE(at + 4)) return;
    yield { json, end };
    at = end;
  }
}

/** Null: by another agent, in a form this one does not know. */
function parse(json: Buffer): Waiting | null {
  try {
    const value: unknown = JSON.parse(json.toString());
    if (!isRecord(value)) return null;
    const { lost = 0, ...event } = value as unknown as Event & { readonly lost?: number };
    return Number.isSafeInteger(event.id) && Array.isArray(event.holders) ? { event, lost } : null;
  } catch {
    return null;
  }
}

export function decodeRecords(bytes: Buffer): readonly Waiting[] {
  return [...recordsIn(bytes)].flatMap(({ json }) => parse(json) ?? []);
}

/** What a file holds, without reading every event: nothing, if its last one cannot be understood. */
export interface Contents {
  /** Whole records. */
  readonly count: number;
  /** Up to the end of the last of them. */
  readonly bytes: number;
  /** Null when there is none. */
  readonly last: Waiting | null;
}

export function contentsOf(bytes: Buffer): Contents {
  let count = 0;
  let last: Found | null = null;
  for (const found of recordsIn(bytes)) {
    count += 1;
    last = found;
  }
  const parsed = last && parse(last.json);
  return last && parsed ? { count, bytes: last.end, last: parsed } : { count: 0, bytes: 0, last: null };
}
