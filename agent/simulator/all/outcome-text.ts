import type { Outcome } from './trial.ts';

const HEADINGS = ['SCENARIO', 'EXPECTED', 'FOUND', 'AFTER', 'CLOSED', 'VERDICT'] as const;

/** One JSON object. */
export function outcomeLine(outcome: Outcome): string {
  return `${JSON.stringify({ ...outcome, asExpected: outcome.faults.length === 0 })}\n`;
}

/** Scenario × findings, aligned, and a line that sums it up. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = [HEADINGS, ...outcomes.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n\n${summary(outcomes)}\n`;
}

function cells({ scenario, expected, found, seconds, closedSeconds, faults }: Outcome): readonly string[] {
  return [
    scenario,
    expected.join('; ') || 'clean',
    found.join('; ') || 'clean',
    duration(seconds),
    duration(closedSeconds),
    faults.join('; ') || 'as expected',
  ];
}

function duration(seconds: number | null): string {
  return seconds === null ? '' : `${seconds.toFixed(1)} s`.padStart(6);
}

function summary(outcomes: readonly Outcome[]): string {
  const good = outcomes.filter(({ faults }) => faults.length === 0).length;
  const slowest = Math.max(0, ...outcomes.map(({ seconds }) => seconds ?? 0));
  return `${good} of ${outcomes.length} as expected; the slowest finding came after ${slowest.toFixed(1)} s.`;
}
