/** Judgement over time: keeps what each look adds, and learns homes while all is well. */
import { type Expectation, type Finding, type Listener, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { inOrder, judge, judgePrograms, type FindingTimes, type Judged } from './judge.ts';
import { byProgram, forget, learn, learnedFor, type HomeRecord, type HomeRecords } from './learned-homes.ts';
import { type Program } from './programs.ts';
import { isSameSight } from './same-sight.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';

/** Sockets that use a port of a network namespace without listening on it. */
export type PortUsers = (snapshot: Snapshot, networkNamespace: string, port: number) => readonly TcpRow[];

/** What is worth keeping over a restart of the agent. */
export interface Kept {
  readonly homes: HomeRecords;
  /** Of the machine when it was kept; null when unknown. */
  readonly bootId: string | null;
  /** Open in that boot. */
  readonly findings: readonly FindingTimes[];
}

export const NOTHING_KEPT: Kept = { homes: new Map(), bootId: null, findings: [] };

export interface JudgementOptions {
  readonly expectations: readonly Expectation[];
  /** From earlier starts. */
  readonly kept: Kept;
  readonly usersOf: PortUsers;
}

/** A look that took longer than this to come, as after suspend, says nothing of the time between. */
const LONGEST_LOOK_MS = 60_000;
/** As long as the same sockets are held by the same processes, only time changes what is found. */
const REJUDGE_MS = 5_000;
/** Whole tables are read for it. */
const USERS_FRESH_MS = 30_000;

/** What was judged last, of which look. */
interface Verdict {
  readonly at: number;
  readonly bootId: string | null;
  readonly listeners: readonly Listener[];
  readonly findings: readonly Finding[];
  /** Programs nothing was found of. */
  readonly healthy: readonly Program[];
  readonly ephemeralPorts: Snapshot['kernel']['ephemeralPorts'];
}

export class Judgement {
  readonly #options: JudgementOptions;
  readonly #homes: Map<string, HomeRecord>;
  readonly #users = new Map<string, { readonly at: number; readonly rows: readonly TcpRow[] }>();
  #history: History = NO_HISTORY;
  #verdict: Verdict | null = null;

  constructor(options: JudgementOptions) {
    this.#options = options;
    this.#homes = new Map(options.kept.homes);
  }

  /** What a next start should know. */
  kept(now: Date): Kept {
    const findings = this.#verdict?.findings.map(({ id, since, detectedAt }) => ({ id, since, detectedAt }));
    return {
      homes: forget(this.#homes, now.getTime()),
      bootId: this.#verdict?.bootId ?? this.#options.kept.bootId,
      findings: findings ?? this.#options.kept.findings,
    };
  }

  /** The findings after one more look, the worst first. */
  see(snapshot: Snapshot): readonly Finding[] {
    const at = Date.parse(snapshot.takenAt);
    const { listeners } = snapshot;
    const before = this.#verdict;
    const isRecent = before !== null && at >= before.at && at - before.at < REJUDGE_MS;
    if (isRecent && isSameSight(before.listeners, listeners)) return before.findings;
    this.#history = remember(this.#history, snapshot);
    if (before !== null) this.#learn(before, at);
    const judged = this.#judge(snapshot, before?.findings ?? this.#keptFindings(snapshot));
    const findings = inOrder(judged.flatMap((one) => one.findings));
    const healthy = judged.filter((one) => one.findings.length === 0).map(({ program }) => program);
    this.#verdict = {
      at,
      bootId: snapshot.host.bootId,
      listeners,
      findings,
      healthy,
      ephemeralPorts: snapshot.kernel.ephemeralPorts,
    };
    return findings;
  }

  /** A reboot ended them all. */
  #keptFindings({ host }: Snapshot): readonly FindingTimes[] {
    const { bootId, findings } = this.#options.kept;
    return bootId !== null && bootId === host.bootId ? findings : [];
  }

  #judge(snapshot: Snapshot, before: readonly FindingTimes[]): readonly Judged[] {
    const records = byProgram(this.#homes);
    return judgePrograms(snapshot, {
      history: this.#history,
      expectations: this.#options.expectations,
      learnedFor: (program) => learnedFor(records, program),
      usersOf: (namespace, port) => this.#usersOf(snapshot, namespace, port),
      before,
    });
  }

  /** What was held until now counts for whoever held it when all was well. */
  #learn({ at: since, healthy: programs, ephemeralPorts }: Verdict, at: number): void {
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

/** What one look tells, without any history. */
export function judgeOnce(
  snapshot: Snapshot,
  expectations: readonly Expectation[],
  usersOf: PortUsers = () => [],
): readonly Finding[] {
  return judge(snapshot, {
    history: remember(NO_HISTORY, snapshot),
    expectations,
    learnedFor: () => [],
    usersOf: (namespace, port) => usersOf(snapshot, namespace, port),
    before: [],
  });
}
