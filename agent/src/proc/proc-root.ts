import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { resolve } from 'node:path';

/** Why something under /proc could not be read: expected every day, so a value and no exception. */
export type Unread =
  | { readonly kind: 'gone' }
  | { readonly kind: 'denied' }
  /** Anything else, as EIO or EMFILE. */
  | { readonly kind: 'failed'; readonly code: string };

export type ReadBytes = { readonly kind: 'bytes'; readonly bytes: Buffer } | Unread;
export type ReadLines = { readonly kind: 'read' } | Unread;
export type ReadLink = { readonly kind: 'link'; readonly target: string } | Unread;
export type ReadNames = { readonly kind: 'names'; readonly names: readonly string[] } | Unread;

/** A /proc file system, or a folder that looks like one. All paths are relative to it. */
export interface ProcRoot {
  /** Where it is mounted, absolute. */
  readonly path: string;
  /** The file's bytes, at most `limit` of them. */
  bytes(path: string, limit?: number): ReadBytes;
  /**
   * Gives a file of any size to `take` in pieces of whole lines, in order, until it answers false. A piece is good during
   * that call only, which may not read another file's lines; a line of 64 KiB or more comes in several.
   */
  lines(path: string, take: (piece: Buffer) => boolean): ReadLines;
  /** Where a symbolic link points to; invalid UTF-8 in it becomes U+FFFD. */
  link(path: string): ReadLink;
  /** The names in a folder. */
  list(path: string): ReadNames;
}

/** Most files of /proc are smaller; the tables of a busy machine make it grow. */
const FIRST_CAPACITY = 64 * 1024;
/** A grown buffer beyond this is given back after the read. */
const KEPT_CAPACITY = 1024 * 1024;

/** Synchronous: a read of /proc costs microseconds, a trip through the thread pool ten times that. */
export function openProcRoot(path: string): ProcRoot {
  const read = createReader();
  const readLines = createLineReader();
  return {
    path: resolve(path),
    bytes: (file, limit = Infinity) => attempt(() => ({ kind: 'bytes', bytes: read(`${path}/${file}`, limit) })),
    lines: (file, take) =>
      attempt(() => {
        readLines(`${path}/${file}`, take);
        return { kind: 'read' };
      }),
    link: (file) => attempt(() => ({ kind: 'link', target: readlinkSync(`${path}/${file}`) })),
    list: (folder) => attempt(() => ({ kind: 'names', names: readdirSync(`${path}/${folder}`) })),
  };
}

function attempt<T>(read: () => T): T | Unread {
  try {
    return read();
  } catch (error) {
    return unread(error);
  }
}

function unread(error: unknown): Unread {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ESRCH') return { kind: 'gone' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
  return { kind: 'failed', code };
}

function createReader(): (path: string, limit: number) => Buffer {
  let kept = Buffer.allocUnsafe(FIRST_CAPACITY);
  return (path, limit) => {
    const descriptor = openSync(path, 'r');
    try {
      const { buffer, length } = readToEnd(descriptor, kept, limit);
      if (buffer.length <= KEPT_CAPACITY) kept = buffer;
      return Buffer.from(buffer.subarray(0, length));
    } finally {
      closeSync(descriptor);
    }
  };
}

/** A /proc file has no size and gives a page at a time: only a read of 0 bytes is its end. */
function readToEnd(
  descriptor: number,
  into: Buffer<ArrayBuffer>,
  limit: number,
): { buffer: Buffer<ArrayBuffer>; length: number } {
  let buffer = into;
  let length = 0;
  while (length < limit) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const got = readSync(descriptor, buffer, length, Math.min(buffer.length, limit) - length, null);
    if (got === 0) break;
    length += got;
  }
  return { buffer, length };
}

const LINE_FEED = 10;

function createLineReader(): (path: string, take: (piece: Buffer) => boolean) => void {
  const buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  return (path, take) => {
    const descriptor = openSync(path, 'r');
    try {
      passLines(descriptor, buffer, take);
    } finally {
      closeSync(descriptor);
    }
  };
}

/** The kernel ends a page at the end of a row, so that there is seldom a begun line to carry over to the next piece. */
function passLines(descriptor: number, buffer: Buffer, take: (piece: Buffer) => boolean): void {
  let length = 0;
  for (;;) {
    const got = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += got;
    const lines = buffer.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    const whole = got === 0 || (lines === 0 && length === buffer.length) ? length : lines;
    if (whole > 0 && !take(buffer.subarray(0, whole))) return;
    if (got === 0) return;
    buffer.copy(buffer, 0, whole, length);
    length -= whole;
  }
}
