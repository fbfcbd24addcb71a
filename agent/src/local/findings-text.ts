import { type Finding, type Severity, type Step } from '../contract.ts';
import { printable } from '../proc/printable.ts';

export type SeverityStyle = (severity: Severity, text: string) => string;

/** Findings as text, the worst first as they come: what, why, facts, and what to type. */
export function findingsLines(findings: readonly Finding[], styled: SeverityStyle): readonly string[] {
  return findings.flatMap(({ severity, title, subtitle, why, evidence, steps }) => [
    '',
    `${styled(severity, severity.toUpperCase())}: ${styled(severity, printable(title))}`,
    ...[subtitle, why].filter((text) => text !== '').map((text) => `  ${printable(text)}`),
    ...evidence.map((fact) => `  - ${printable(fact)}`),
    ...stepLines(steps).map((line) => `  ${line}`),
  ]);
}

/** Commands stand on lines of their own, to be copied whole. */
export function stepLines(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ title, command, expect }, at) => [
    `${at + 1}. ${printable(title)}:`,
    `     ${printable(command)}`,
    ...(expect === undefined ? [] : [`   Expect: ${printable(expect)}`]),
  ]);
}
