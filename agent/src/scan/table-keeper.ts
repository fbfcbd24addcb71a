import { type ProcRoot, type ReadLines } from '../proc/proc-root.ts';

type Take = (piece: Buffer) => boolean;

/** A larger one is read anew: keeping it would cost more memory than the agent has. */
const MOST_BYTES = 64 * 1024;

/**
 * Keeps small tables for the rest of a look: where nearly no connection is, the kernel searches two milliseconds for the
 * next row of a table, so what was read to list sockets serves to count connections, too.
 */
export class TableKeeper {
  readonly #root: ProcRoot;
  readonly #kept = new Map<string, Buffer>();

  constructor(root: ProcRoot) {
    this.#root = root;
  }

  /** The same root; files whose lines are read through it to their end are kept. */
  get reading(): ProcRoot {
    return { ...this.#root, lines: (path, take) => this.#read(path, take) };
  }

  /** The same root; lines of files that were kept come from memory. */
  get rereading(): ProcRoot {
    return { ...this.#root, lines: (path, take) => this.#readAgain(path, take) };
  }

  /** At the end of each look. */
  forget(): void {
    this.#kept.clear();
  }

  #read(path: string, take: Take): ReadLines {
    const pieces: Buffer[] = [];
    const taken = { bytes: 0, isWhole: true };
    const read = this.#root.lines(path, (piece) => {
      taken.bytes += piece.length;
      if (taken.bytes <= MOST_BYTES) pieces.push(Buffer.from(piece));
      taken.isWhole = take(piece);
      return taken.isWhole;
    });
    this.#kept.delete(path);
    if (read.kind === 'read' && taken.isWhole && taken.bytes <= MOST_BYTES) this.#kept.set(path, Buffer.concat(pieces));
    return read;
  }

  #readAgain(path: string, take: Take): ReadLines {
    const kept = this.#kept.get(path);
    if (kept === undefined) return this.#root.lines(path, take);
    take(kept);
    return { kind: 'read' };
  }
}
