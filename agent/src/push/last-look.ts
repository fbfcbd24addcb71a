/**
 * Until when this agent looked and what it saw is safe: acknowledged, or in the spool. The next start reads it and can say
 * for how long nobody looked. Written over after each look, without waiting for the disk.
 */
import { constants, readFileSync } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Instant } from '../contract.ts';

/** Of an instant and the end of its line: each takes the place of the one before. */
const LENGTH = 25;

/** Null: not known, or of a time that has not come yet. */
export function readLastLook(file: string, now: Date): Instant | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    const at = new Date(text);
    return at.toISOString() === text && at < now ? text : null;
  } catch {
    return null;
  }
}

export class LastLook {
  readonly #path: string;
  #file: FileHandle | null = null;
  #due: Instant | null = null;
  #isWriting = false;
  #trouble: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why it could not be written; null when it could. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** The newest one is written, whatever came between. */
  keep(at: Instant): void {
    this.#due = at;
    if (!this.#isWriting) void this.#write();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    for (let at = this.#due; at !== null; at = this.#due) {
      this.#due = null;
      await this.#put(at);
    }
    this.#isWriting = false;
  }

  async #put(at: Instant): Promise<void> {
    try {
      this.#file ??= await this.#opened();
      await this.#file.write(`${at}\n`, 0);
      this.#trouble = null;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
  }

  async #opened(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const file = await open(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    await file.truncate(LENGTH);
    return file;
  }
}
