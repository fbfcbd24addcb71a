/** What the aggregator expects of this machine, kept in the state directory: without it the same is judged after a restart. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Expectation, HandedExpectations } from './contract.ts';
import { expectedOf, parseHanded } from './findings/handed-expectations.ts';
import type { Expected } from './findings/judgement.ts';

export interface HandedDownOptions {
  readonly file: string;
  /** Of `--expect`. */
  readonly own: readonly Expectation[];
  /** Something else is expected from now on. */
  readonly onChange: (expected: Expected) => void;
}

export class HandedDown {
  readonly #options: HandedDownOptions;
  #handed: HandedExpectations | null;
  #trouble: string | null = null;

  constructor(options: HandedDownOptions) {
    this.#options = options;
    this.#handed = readKept(options.file);
  }

  /** Of what is judged by; null when nothing was handed down yet. */
  get version(): string | null {
    return this.#handed?.version ?? null;
  }

  get expected(): Expected {
    return expectedOf(this.#options.own, this.#handed);
  }

  /** Why what was handed down is not used, or not kept; null when all is well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Takes the `expectations` of a push's answer. */
  take(value: unknown): void {
    const handed = parseHanded(value);
    if (handed === null) {
      this.#trouble = 'the expectations the aggregator handed down cannot be understood: those before are kept';
      return;
    }
    this.#handed = handed;
    this.#trouble = keep(this.#options.file, handed);
    this.#options.onChange(this.expected);
  }
}

function readKept(file: string): HandedExpectations | null {
  try {
    return parseHanded(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The aggregator hands them down again: this agent tells it no version.
    return null;
  }
}

/** Whole or not at all. Null, or why it could not be written. */
function keep(file: string, handed: HandedExpectations): string | null {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(handed), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    return null;
  } catch (error) {
    return `expectations are not kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}
