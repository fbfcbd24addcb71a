/** One row of the table: what was measured, what it should be, what it was. */
export interface Measure {
  readonly measure: string;
  readonly bar: string;
  readonly got: string;
  /** Null: told for information. */
  readonly holds: boolean | null;
}

export interface BenchOptions {
  /** A twentieth of the hosts and a third of the time: shows that it runs, not what it takes. */
  readonly isQuick: boolean;
  readonly say: (sentence: string) => void;
}

export function atMost(measure: string, most: number, got: number, unit: string, digits = 1): Measure {
  const isKnown = Number.isFinite(got);
  return {
    measure,
    bar: `≤ ${most} ${unit}`.trim(),
    got: isKnown ? `${got.toFixed(digits)} ${unit}`.trim() : 'not measured',
    holds: isKnown && got <= most,
  };
}

export function nothing(measure: string, got: string, isNothing: boolean): Measure {
  return { measure, bar: 'none', got, holds: isNothing };
}

export function told(measure: string, got: string): Measure {
  return { measure, bar: '', got, holds: null };
}

export function hostsOf(count: number, { isQuick }: BenchOptions): string {
  return String(isQuick ? Math.round(count / 20) : count);
}

export function secondsOf(seconds: number, { isQuick }: BenchOptions): string {
  return `${isQuick ? Math.ceil(seconds / 3) : seconds}s`;
}

const HOLDS = new Map<boolean | null, string>([
  [true, 'yes'],
  [false, 'NO'],
  [null, ''],
]);

export function tableOf(measures: readonly Measure[]): string {
  const rows = [
    ['measure', 'bar', 'got', 'holds'],
    ...measures.map(({ measure, bar, got, holds }) => [measure, bar, got, HOLDS.get(holds) ?? '']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
