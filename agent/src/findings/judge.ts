/** Judgement of one machine: what was seen, what is expected and what is remembered give the findings. Pure. */
import { type Expectation, type Finding, type FleetHome, type Listener, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { cycling } from './cycling.ts';
import { moreExposedThanBefore, moreExposedThanDeclared } from './exposed.ts';
import { type Around, type Scene } from './finding.ts';
import { fixFirst } from './fix-first.ts';
import { forecasts } from './forecast.ts';
import { hostNamespaceOf } from './host-namespace.ts';
import { byProgram, learnedFor, type HomeRecords } from './learned-homes.ts';
import { leaks } from './leak.ts';
import { missingHomes } from './missing-finding.ts';
import { offPlace } from './off-place.ts';
import { oneRow } from './one-row.ts';
import { outdatedExecutable } from './outdated-executable.ts';
import { programsOf, type Program } from './programs.ts';
import { sharedPorts } from './shared-port.ts';
import { type History } from './stays.ts';
import { type Trends } from './trends.ts';
import { wedged } from './wedged.ts';
import { wrongHolders } from './wrong-holder.ts';
import { severityRank } from './severity-rank.ts';

/** What a trouble keeps while it lasts. */
export type FindingTimes = Pick<Finding, 'id' | 'since' | 'detectedAt'>;

/** What a judgement rests on besides the snapshot. */
export interface Grounds {
  /** With the snapshot's own listeners: {@link remember} comes first. */
  readonly history: History;
  readonly expectations: readonly Expectation[];
  readonly fleetHomes: readonly FleetHome[];
  readonly records: HomeRecords;
  readonly trends: Trends;
  /** Sockets that use a port without listening on it, of a network namespace. */
  readonly usersOf: (networkNamespace: string, port: number) => readonly TcpRow[];
  /** What was found until now. */
  readonly before: readonly FindingTimes[];
}

export interface Judged {
  /** The worst first, each once. */
  readonly findings: readonly Finding[];
  /** Programs that hold what they should, as far as can be seen: from them homes are learned. */
  readonly wellPlaced: readonly Program[];
}

/** Each looks at one program in one network namespace. */
const PROGRAM_RULES: readonly ((around: Around) => readonly Finding[])[] = [
  offPlace,
  moreExposedThanBefore,
  outdatedExecutable,
  leaks,
];

/** Each looks at everything. */
const MACHINE_RULES: readonly ((scene: Scene) => readonly Finding[])[] = [
  moreExposedThanDeclared,
  missingHomes,
  wrongHolders,
  wedged,
  cycling,
  sharedPorts,
  forecasts,
];

export function judge(snapshot: Snapshot, grounds: Grounds): Judged {
  const scene = sceneOf(snapshot, grounds);
  const found = [
    ...scene.programs.flatMap((around) => PROGRAM_RULES.flatMap((rule) => rule(around))),
    ...MACHINE_RULES.flatMap((rule) => rule(scene)),
  ];
  const findings = inOrder(fixFirst(oneRow(found)).map((finding) => keepTimes(finding, grounds.before)));
  const displaced = new Set(found.filter(tellsOfPlaces).map(subjectKey));
  const wellPlaced = scene.programs.map(({ program }) => program).filter((one) => !displaced.has(subjectKey(one)));
  return { findings, wellPlaced };
}

/** A port that is held only because of a trouble must not become a home: then it would be right to have it. */
function tellsOfPlaces({ kind, severity }: Finding): boolean {
  switch (kind) {
    case 'drift':
    case 'ladder':
    case 'stale-holder':
    case 'wrong-holder':
    case 'shared-port':
    case 'exposed':
      return true;
    case 'leak':
      return severity !== 'notice';
    case 'wedged':
    case 'cycling':
    case 'missing':
    case 'outdated-executable':
    case 'forecast':
      return false;
  }
}

function subjectKey({ programKey, networkNamespace }: Pick<Finding, 'programKey' | 'networkNamespace'>): string {
  return `${networkNamespace} ${programKey}`;
}

/** Of findings as bad as each other, first what explains most. */
const KIND_RANK: Readonly<Partial<Record<Finding['kind'], number>>> = { ladder: 0, drift: 1 };
const LAST_RANK = 2;

/** Two network namespaces of containers may have the same trouble: one finding tells of it. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      (KIND_RANK[a.kind] ?? LAST_RANK) - (KIND_RANK[b.kind] ?? LAST_RANK) ||
      (a.port ?? 0) - (b.port ?? 0) ||
      compareText(a.id, b.id) ||
      compareText(a.networkNamespace, b.networkNamespace),
  );
  return [...new Map(sorted.toReversed().map((finding) => [finding.id, finding])).values()].reverse();
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sceneOf(snapshot: Snapshot, grounds: Grounds): Scene {
  const { history, expectations, fleetHomes, records, trends } = grounds;
  const now = Date.parse(snapshot.takenAt);
  const inNamespace = Map.groupBy(snapshot.listeners, ({ networkNamespace }) => networkNamespace);
  const byPort = new Map([...inNamespace].map(([name, of]) => [name, Map.groupBy(of, ({ port }) => port)]));
  const ofProgram = byProgram(records);
  const programs = programsOf(history, snapshot.listeners).map((program): Around => {
    const { networkNamespace, isHostNamespace } = program;
    const facts = {
      byPort: byPort.get(networkNamespace) ?? new Map<number, readonly Listener[]>(),
      expectations: isHostNamespace ? expectations : [],
      learned: learnedFor(ofProgram, program),
      fleet: isHostNamespace ? fleetHomes.filter(({ programKey }) => programKey === program.programKey) : [],
      ephemeralPorts: snapshot.kernel.ephemeralPorts,
    };
    return { snapshot, now, program, facts, usersOf: (port) => grounds.usersOf(networkNamespace, port) };
  });
  return {
    snapshot,
    now,
    history,
    expectations,
    fleetHomes,
    records: [...records.values()],
    trends,
    programs,
    open: new Set(grounds.before.map(({ id }) => id)),
    usersOf: (port) => grounds.usersOf(hostNamespaceOf(snapshot), port),
  };
}

/** From opening to closing it is one trouble, whatever pids come and go. */
function keepTimes(finding: Finding, before: readonly FindingTimes[]): Finding {
  const known = before.find(({ id }) => id === finding.id);
  return known === undefined ? finding : { ...finding, since: known.since, detectedAt: known.detectedAt };
}
