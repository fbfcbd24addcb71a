import type { Outcome } from './trial.ts';

const HEADINGS = ['SCENARIO', 'EXPECTED', 'FOUND', 'AFTER', 'CLOSED', 'CLOCK', 'VERDICT'] as const;

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

function cells(outcome: Outcome): readonly string[] {
  const { scenario, speed, expected, found, seconds, closedSeconds, faults } = outcome;
  return [
    scenario,
    expected.join('; ') || 'clean',
    found.join('; ') || 'clean',
    duration(seconds),
    duration(closedSeconds),
    speed === 1 ? '' : `×${speed}`,
    faults.join('; ') || 'as expected',
  ];
}

const MINUTES_FROM_SECONDS = 120;

function duration(seconds: number | null): string {
  if (seconds === null) return '';
  const text = seconds < MINUTES_FROM_SECONDS ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
  return text.padStart(6);
}

function summary(outcomes: readonly Outcome[]): string {
  const good = outcomes.filter(({ faults }) => faults.length === 0).length;
  const slowest = Math.max(0, ...outcomes.map(({ lateSeconds }) => lateSeconds ?? 0));
  return `${good} of ${outcomes.length} as expected; the slowest finding came ${slowest.toFixed(1)} s after it was due.`;
}
