/** What it takes to check a full snapshot, beside parsing it. */
import { existsSync } from 'node:fs';
import { Measured } from '../apparatus/process.ts';
import { atMost, type BenchOptions, type Measure } from '../measure.ts';

/** Compiled, as Node does not run the decorators of what it measures. */
const PROGRAM = new URL('../../dist/tsc/bench/validation.js', import.meta.url).pathname;
const MOST_TIMES_PARSING = 3;

interface Printed {
  readonly results: readonly { readonly ratio: number }[];
}

export async function validation({ say }: BenchOptions): Promise<readonly Measure[]> {
  say('validation of a full snapshot');
  if (!existsSync(PROGRAM)) throw new Error('validation is not compiled: npx tsc -b server');
  let last = '';
  const measured = new Measured(process.execPath, [PROGRAM], (line) => {
    last = line;
  });
  await measured.ended();
  const { results } = JSON.parse(last) as Printed;
  return [atMost('60-listener full, validation ÷ JSON.parse', MOST_TIMES_PARSING, results[0]?.ratio ?? NaN, '', 2)];
}
