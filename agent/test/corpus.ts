import { readFileSync } from 'node:fs';

/** Real captures with the right answers, kept beside the project. */
const CORPUS = new URL('../../../shared/corpus/', import.meta.url);

/** One entry of its index; what `expected` holds depends on the format. */
export interface CorpusCase {
  readonly id: string;
  readonly format: string;
  readonly files: readonly string[];
  readonly expected: unknown;
}

export function corpusBytes(path: string): Buffer {
  return readFileSync(new URL(path, CORPUS));
}

export function corpusCases(format: string): readonly CorpusCase[] {
  const all = JSON.parse(corpusBytes('index.json').toString()) as readonly CorpusCase[];
  return all.filter((one) => one.format === format);
}
