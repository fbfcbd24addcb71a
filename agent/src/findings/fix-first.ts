import { type Finding, type FindingOf } from '../contract.ts';
import { timeText } from './words.ts';

const CAUSES: readonly Finding['kind'][] = ['ladder', 'leak', 'cycling'];

/** What takes more and more is mended first: a forecast only says where that ends. */
export function fixFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((one) => {
    if (one.kind !== 'forecast') return one;
    const cause = findings.find(
      ({ kind, programKey, networkNamespace }) =>
        CAUSES.includes(kind) && programKey === one.programKey && networkNamespace === one.networkNamespace,
    );
    return cause === undefined ? one : causedBy(one, cause);
  });
}

function causedBy(forecast: FindingOf<'forecast'>, cause: Finding): FindingOf<'forecast'> {
  const { kind, port, since, label, title, holders, steps: own } = cause;
  return {
    ...forecast,
    causes: [...forecast.causes, { kind, port, pid: holders[0]?.pid ?? null, since }],
    evidence: [...forecast.evidence, `${label} since ${timeText(since)}: ${title}.`],
    steps: [
      ...own.slice(0, 1).map((step) => ({ ...step, title: `Mend its ${label.toLowerCase()} first: ${step.title}` })),
      ...forecast.steps,
    ],
  };
}
