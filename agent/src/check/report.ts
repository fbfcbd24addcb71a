/** How verdicts are told: the first line is what a monitoring plugin says, the rest is for whoever has to act on it. */
import { type Instant } from '../contract.ts';
import { stepLines } from '../local/findings-text.ts';
import { printable } from '../proc/printable.ts';
import { byWorst, exitCodeOf, worstOf, type Status, type Verdict } from './verdict.ts';

/** `--json`. */
export interface CheckReport {
  readonly status: Status;
  readonly exitCode: number;
  readonly checkedAt: Instant;
  /** In the order they were asked, `--expect` first. */
  readonly verdicts: readonly Verdict[];
}

export function reportOf(verdicts: readonly Verdict[], checkedAt: Date): CheckReport {
  const status = worstOf(verdicts);
  return { status, exitCode: exitCodeOf(status), checkedAt: checkedAt.toISOString(), verdicts };
}

/** One line for each verdict, the worst first; then evidence and commands of those that are not well. */
export function reportText({ verdicts }: CheckReport): string {
  const sorted = verdicts.toSorted(byWorst);
  const lines = sorted.map(({ status, sentence }) => `${status}: ${printable(sentence)}`);
  const details = sorted.filter(({ evidence, steps }) => evidence.length + steps.length > 0);
  const blocks = details.map((verdict) => detailLines(verdict, verdicts.length > 1));
  return `${[...lines, ...blocks.flat()].join('\n')}\n`;
}

function detailLines({ subject, evidence, steps }: Verdict, isNamed: boolean): readonly string[] {
  return [
    ...(isNamed ? ['', `${subject}:`] : []),
    ...evidence.map((line) => `  ${printable(line)}`),
    ...stepLines(steps).map((line) => `  ${line}`),
  ];
}
