/** `--textfile`: the metrics as a file for node_exporter's textfile collector, whole at any moment. */
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log } from '../log.ts';

export interface TextfileOptions {
  readonly folder: string;
  /** null: there is nothing to tell yet. */
  readonly text: () => string | null;
  readonly log: Log;
  /** Milliseconds of a clock that never jumps. */
  readonly clockMs: () => number;
}

const EVERY_MS = 15_000;

export class Textfile {
  readonly #options: TextfileOptions;
  readonly #file: string;
  #lastAt = -Infinity;
  #writing: Promise<void> | null = null;
  #trouble: string | null = null;
  #isWritten = false;

  constructor(options: TextfileOptions) {
    this.#options = options;
    this.#file = join(options.folder, 'portlight.prom');
  }

  /** Why it could not be written last time, with the remedy; null when it could. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /**
   * Called after each scan: writes at the first, then each 15 s. Without scans it is left alone and grows old, which
   * node_exporter shows as `node_textfile_mtime_seconds`.
   */
  refresh(): void {
    const now = this.#options.clockMs();
    if (this.#writing !== null || now - this.#lastAt < EVERY_MS) return;
    const text = this.#options.text();
    if (text === null) return;
    this.#lastAt = now;
    this.#writing = this.#write(text).finally(() => (this.#writing = null));
  }

  /** At the end: numbers of an agent that does not run must not be read on. */
  async remove(): Promise<void> {
    await this.#writing;
    // Where it fails, writing failed and was told before, or the folder is gone and the file with it.
    if (this.#isWritten) await rm(this.#file, { force: true }).catch(() => undefined);
  }

  async #write(text: string): Promise<void> {
    try {
      await writeWhole(this.#file, text);
      this.#isWritten = true;
      if (this.#trouble !== null) this.#options.log.info('the textfile is written again', { file: this.#file });
      this.#trouble = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const sentence = `the metrics' textfile is not written: ${reason}; give --textfile a directory the agent's user may write`;
      if (this.#trouble !== sentence) this.#options.log.warn(sentence);
      this.#trouble = sentence;
    }
  }
}

/** Written beside it under a name node_exporter does not read, and put in its place. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  await rm(beside, { force: true });
  try {
    // Only a file of our own making: whoever else may write there could have put a link in its place.
    const handle = await open(beside, 'wx', 0o644);
    try {
      // node_exporter runs as another user, whatever this one's umask is.
      await handle.chmod(0o644);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}
