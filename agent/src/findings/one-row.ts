/** One trouble, one row: what explains another finding, or follows from it, is one of its causes. */
import { type Finding, type FindingCause, type FindingKind, type ProcessRef } from '../contract.ts';
import { severityRank } from './severity-rank.ts';

interface Absorption {
  /** Kinds that stand for it, the first that is there. */
  readonly by: readonly FindingKind[];
  readonly isSame: (main: Finding, one: Finding) => boolean;
}

const ABSORPTIONS: Readonly<Partial<Record<FindingKind, Absorption>>> = {
  wedged: { by: ['ladder', 'drift', 'stale-holder', 'wrong-holder'], isSame: isOnItsPorts },
  cycling: { by: ['ladder', 'drift'], isSame: isOfItsProgram },
  leak: { by: ['cycling'], isSame: isOfItsProgram },
  missing: { by: ['ladder', 'drift', 'cycling'], isSame: isOfItsProgram },
  'wrong-holder': { by: ['ladder', 'drift', 'stale-holder'], isSame: isAtItsHome },
};

export function oneRow(findings: readonly Finding[]): readonly Finding[] {
  const mains = new Map(findings.map((one) => [one, mainOf(one, findings)]));
  return findings
    .filter((one) => mains.get(one) === undefined)
    .map((main) => findings.filter((one) => mains.get(one) === main).reduce(absorb, main));
}

function mainOf(one: Finding, findings: readonly Finding[]): Finding | undefined {
  const absorption = ABSORPTIONS[one.kind];
  if (absorption === undefined) return undefined;
  const { by, isSame } = absorption;
  const mains = by.flatMap((kind) =>
    findings.filter(
      (main) => main.kind === kind && main.networkNamespace === one.networkNamespace && isSame(main, one),
    ),
  );
  // What is absorbed itself stands for nothing.
  return mains.find((main) => mainOf(main, findings) === undefined);
}

/** At its home, or on a port where a process of it was left behind. */
function isOnItsPorts(main: Finding, { port }: Finding): boolean {
  return port !== null && (main.port === port || main.causes.some((cause) => cause.port === port));
}

function isAtItsHome(main: Finding, { port }: Finding): boolean {
  return port !== null && main.port === port;
}

function isOfItsProgram(main: Finding, one: Finding): boolean {
  return main.programKey === one.programKey || (main.port !== null && main.port === one.port);
}

/** Its first sentences say what it is. */
const EVIDENCE = 2;

function absorb(main: Finding, one: Finding): Finding {
  const cause: FindingCause = { kind: one.kind, port: one.port, pid: one.holders[0]?.pid ?? null, since: one.since };
  const severity = severityRank(one.severity) < severityRank(main.severity) ? one.severity : main.severity;
  const holders = new Map([...main.holders, ...one.holders].map((ref): [string, ProcessRef] => [refKey(ref), ref]));
  return {
    ...main,
    severity,
    causes: [...main.causes, cause],
    holders: [...holders.values()],
    evidence: [...main.evidence, ...one.evidence.slice(0, EVIDENCE)],
  };
}

function refKey({ pid, startTicks }: ProcessRef): string {
  return `${pid}/${startTicks}`;
}
