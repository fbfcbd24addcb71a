/** Judgement of one machine: what was seen, what is expected and what is remembered give the findings. Pure. */
import { type Expectation, type Finding, type Listener, type Severity, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { driftFinding } from './drift-finding.ts';
import { driftsOf } from './drift.ts';
import { type Around, type JudgedFinding } from './finding.ts';
import { type LearnedHome } from './homes.ts';
import { ladderFinding } from './ladder-finding.ts';
import { ladderOf } from './ladder.ts';
import { behindDrift, behindLadder, type LeftBehind } from './left-behind.ts';
import { programsOf, type Program } from './programs.ts';
import { staleHolders } from './stale-holder.ts';
import { type History } from './stays.ts';

/** What a trouble keeps while it lasts. */
export type FindingTimes = Pick<Finding, 'id' | 'since' | 'detectedAt'>;

/** What a judgement rests on besides the snapshot. */
export interface Grounds {
  /** With the snapshot's own listeners: {@link remember} comes first. */
  readonly history: History;
  readonly expectations: readonly Expectation[];
  readonly learnedFor: (program: Program) => readonly LearnedHome[];
  /** Sockets that use a port without listening on it, of a network namespace. */
  readonly usersOf: (networkNamespace: string, port: number) => readonly TcpRow[];
  /** What was found until now. */
  readonly before: readonly FindingTimes[];
}

/** A program with what was found of it. */
export interface Judged {
  readonly program: Program;
  readonly findings: readonly Finding[];
}

/** One entry for each program that listens, or whose sockets others hold; in no particular order. */
export function judgePrograms(snapshot: Snapshot, grounds: Grounds): readonly Judged[] {
  const inNamespace = Map.groupBy(snapshot.listeners, ({ networkNamespace }) => networkNamespace);
  const byPort = new Map([...inNamespace].map(([name, of]) => [name, Map.groupBy(of, ({ port }) => port)]));
  return programsOf(grounds.history, snapshot.listeners).map((program) => {
    const around = aroundOf(snapshot, program, byPort.get(program.networkNamespace) ?? new Map(), grounds);
    return { program, findings: judgeProgram(around).map((finding) => keepTimes(finding, grounds.before)) };
  });
}

/** All findings, the worst first, each once. */
export function judge(snapshot: Snapshot, grounds: Grounds): readonly Finding[] {
  return inOrder(judgePrograms(snapshot, grounds).flatMap(({ findings }) => findings));
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

/** Of findings as bad as each other, first what explains most. */
const KIND_RANK: Readonly<Partial<Record<Finding['kind'], number>>> = { ladder: 0, drift: 1 };
const LAST_RANK = 2;

/** Two network namespaces of containers may have the same trouble: one finding tells of it. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] ||
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

function aroundOf(
  snapshot: Snapshot,
  program: Program,
  byPort: ReadonlyMap<number, readonly Listener[]>,
  grounds: Grounds,
): Around {
  const { networkNamespace, isHostNamespace } = program;
  return {
    snapshot,
    program,
    facts: {
      byPort,
      expectations: isHostNamespace ? grounds.expectations : [],
      learned: grounds.learnedFor(program),
      ephemeralPorts: snapshot.kernel.ephemeralPorts,
    },
    usersOf: (port) => grounds.usersOf(networkNamespace, port),
  };
}

/** One problem, one finding: a ladder stands for its drift, and both for who is left behind. */
function judgeProgram(around: Around): readonly JudgedFinding[] {
  const { program, facts, snapshot } = around;
  const now = Date.parse(snapshot.takenAt);
  const drifts = driftsOf(program, facts).map((drift) => ({ drift, left: behindDrift(drift, program) }));
  const ladder = ladderOf(program, facts, now);
  const told =
    ladder === null
      ? drifts.map(({ drift, left }) => driftFinding(drift, left, around))
      : [
          ladderFinding(
            ladder,
            drifts[0]?.drift ?? null,
            together(behindLadder(ladder), drifts[0]?.left ?? []),
            around,
          ),
        ];
  const explained = [...drifts.flatMap(({ left }) => left), ...(ladder === null ? [] : behindLadder(ladder))];
  return [...told, ...staleHolders(around, new Set(explained.map(({ listener }) => listener.inode)), now)];
}

/** Each process once a port, in the order of the ports. */
function together(one: readonly LeftBehind[], other: readonly LeftBehind[]): readonly LeftBehind[] {
  const known = new Set(one.map(({ listener, holder }) => `${listener.inode} ${holder.pid}`));
  const added = other.filter(({ listener, holder }) => !known.has(`${listener.inode} ${holder.pid}`));
  return [...one, ...added].toSorted((a, b) => a.listener.port - b.listener.port);
}

/** From opening to closing it is one trouble, whatever pids come and go. */
function keepTimes(finding: Finding, before: readonly FindingTimes[]): Finding {
  const known = before.find(({ id }) => id === finding.id);
  return known === undefined ? finding : { ...finding, since: known.since, detectedAt: known.detectedAt };
}
