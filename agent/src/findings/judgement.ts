/** Judgement over time: keeps what each look adds, and learns homes while all is well. */
import { type Expectation, type Finding, type FleetHome, type Listener, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { NO_STORIES, steadied, type Stories } from './flapping.ts';
import { inOrder, judge, type FindingTimes, type Judged } from './judge.ts';
import { forget, learn, retire, type HomeRecord, type HomeRecords } from './learned-homes.ts';
import { type PeakRecord } from './peaks.ts';
import { type Program } from './programs.ts';
import { isSameSight } from './same-sight.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';
import { Trends } from './trends.ts';

/** Sockets that use a port of a network namespace without listening on it. */
export type PortUsers = (snapshot: Snapshot, networkNamespace: string, port: number) => readonly TcpRow[];

/** What should be: by declaration, and by the rest of the fleet. */
export interface Expected {
  readonly services: readonly Expectation[];
  readonly homes: readonly FleetHome[];
}

/** What is worth keeping over a restart of the agent. */
export interface Kept {
  readonly homes: HomeRecords;
  /** Of the machine when it was kept; null when unknown. */
  readonly bootId: string | null;
  /** Open in that boot. */
  readonly findings: readonly FindingTimes[];
  /** Of each hour of the last two days the most that was used. */
  readonly peaks: readonly PeakRecord[];
}

export const NOTHING_KEPT: Kept = { homes: new Map(), bootId: null, findings: [], peaks: [] };

export interface JudgementOptions {
  readonly expected: Expected;
  /** From earlier starts. */
  readonly kept: Kept;
  readonly usersOf: PortUsers;
}

/** A look that took longer than this to come, as after suspend, says nothing of the time between. */
const LONGEST_LOOK_MS = 60_000;
/** As long as the same sockets are held by the same processes, only time changes what is found. */
const REJUDGE_MS = 5_000;
/** After a change some findings are half a minute away, and are due to the second. */
const REJUDGE_SOON_MS = 2_000;
const SOON_MS = 60_000;
/** Many sockets take long: a thousand and more are judged anew at one pace. */
const MANY_LISTENERS = 1_000;
/** Whole tables are read for it. */
const USERS_FRESH_MS = 30_000;

/** What was judged last, of which look. */
interface Verdict {
  readonly at: number;
  /** When a look last showed something else. */
  readonly changedAt: number;
  readonly bootId: string | null;
  readonly listeners: readonly Listener[];
  readonly findings: readonly Finding[];
  readonly wellPlaced: readonly Program[];
  readonly ephemeralPorts: Snapshot['kernel']['ephemeralPorts'];
}

export class Judgement {
  readonly #options: JudgementOptions;
  readonly #homes: Map<string, HomeRecord>;
  readonly #users = new Map<string, { readonly at: number; readonly rows: readonly TcpRow[] }>();
  readonly #trends: Trends;
  #expected: Expected;
  #history: History = NO_HISTORY;
  #stories: Stories = NO_STORIES;
  #verdict: Verdict | null = null;
  #isOutdated = false;

  constructor(options: JudgementOptions) {
    this.#options = options;
    this.#expected = options.expected;
    this.#homes = new Map(options.kept.homes);
    this.#trends = new Trends(options.kept.peaks);
  }

  /** From the next look on, this is expected. */
  expect(expected: Expected): void {
    this.#expected = expected;
    this.#isOutdated = true;
  }

  /** What a next start should know. */
  kept(now: Date): Kept {
    const findings = this.#verdict?.findings.map(({ id, since, detectedAt }) => ({ id, since, detectedAt }));
    return {
      homes: forget(this.#homes, now.getTime()),
      bootId: this.#verdict?.bootId ?? this.#options.kept.bootId,
      findings: findings ?? this.#options.kept.findings,
      peaks: this.#trends.peaks.records(),
    };
  }

  /** The findings after one more look, the worst first. */
  see(snapshot: Snapshot): readonly Finding[] {
    const at = Date.parse(snapshot.takenAt);
    const before = this.#verdict;
    const hasChanged = before === null || this.#isOutdated || !isSameSight(before.listeners, snapshot.listeners);
    if (!hasChanged && isFresh(before, at) && !isAwaited(snapshot.listeners)) return before.findings;
    this.#isOutdated = false;
    this.#history = remember(this.#history, snapshot);
    this.#trends.observe(snapshot);
    if (before !== null) this.#learn(before, at);
    retire(this.#homes, this.#isSameBoot(snapshot) ? 0 : (this.#history.begunAt ?? at), at);
    const judged = this.#judge(snapshot, before?.findings ?? this.#keptFindings(snapshot));
    const { findings, stories } = steadied(this.#stories, judged.findings, at);
    this.#stories = stories;
    this.#verdict = {
      at,
      changedAt: hasChanged ? at : before.changedAt,
      bootId: snapshot.host.bootId,
      listeners: snapshot.listeners,
      findings: inOrder(findings),
      wellPlaced: judged.wellPlaced,
      ephemeralPorts: snapshot.kernel.ephemeralPorts,
    };
    return this.#verdict.findings;
  }

  #isSameBoot({ host }: Snapshot): boolean {
    const { bootId } = this.#options.kept;
    return bootId !== null && bootId === host.bootId;
  }

  /** A reboot ended them all. */
  #keptFindings(snapshot: Snapshot): readonly FindingTimes[] {
    return this.#isSameBoot(snapshot) ? this.#options.kept.findings : [];
  }

  #judge(snapshot: Snapshot, before: readonly FindingTimes[]): Judged {
    return judge(snapshot, {
      history: this.#history,
      expectations: this.#expected.services,
      fleetHomes: this.#expected.homes,
      records: this.#homes,
      trends: this.#trends,
      usersOf: (namespace, port) => this.#usersOf(snapshot, namespace, port),
      before,
    });
  }

  /** What was held until now counts for whoever held it when all was well. */
  #learn({ at: since, wellPlaced: programs, ephemeralPorts }: Verdict, at: number): void {
    const elapsed = at - since;
    const seconds = elapsed > 0 && elapsed <= LONGEST_LOOK_MS ? elapsed / 1000 : 0;
    learn(this.#homes, { programs, ephemeralPorts, now: at, seconds });
  }

  #usersOf(snapshot: Snapshot, networkNamespace: string, port: number): readonly TcpRow[] {
    const key = `${networkNamespace} ${port}`;
    const at = Date.parse(snapshot.takenAt);
    const known = this.#users.get(key);
    if (known !== undefined && Math.abs(at - known.at) < USERS_FRESH_MS) return known.rows;
    const rows = this.#options.usersOf(snapshot, networkNamespace, port);
    this.#users.set(key, { at, rows });
    return rows;
  }
}

function isFresh({ at, changedAt, listeners }: Verdict, now: number): boolean {
  const isSoon = now - changedAt < SOON_MS && listeners.length < MANY_LISTENERS;
  return now >= at && now - at < (isSoon ? REJUDGE_SOON_MS : REJUDGE_MS);
}

/** Where nothing is accepted, or clients give up, each second counts. */
function isAwaited(listeners: readonly Listener[]): boolean {
  return listeners.some(
    ({ acceptQueueStuckSince, connections }) => acceptQueueStuckSince !== null || connections?.givenUp !== undefined,
  );
}
