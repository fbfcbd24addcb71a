/** Judgement over time: keeps what each look adds, and learns homes while all is well. */
import { type Finding, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { type Expectation } from './expectation.ts';
import { inOrder, judge, judgePrograms } from './judge.ts';
import { forget, learn, learnedFor, type HomeRecord, type HomeRecords } from './learned-homes.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';

/** Sockets that use a port of a network namespace without listening on it. */
export type PortUsers = (snapshot: Snapshot, networkNamespace: string, port: number) => readonly TcpRow[];

export interface JudgementOptions {
  readonly expectations: readonly Expectation[];
  /** What earlier starts learned. */
  readonly homes: HomeRecords;
  readonly usersOf: PortUsers;
}

/** A look that took longer than this to come, as after suspend, says nothing of the time between. */
const LONGEST_LOOK_S = 60;
/** Whole tables are read for it. */
const USERS_FRESH_MS = 30_000;

export class Judgement {
  readonly #options: JudgementOptions;
  readonly #homes: Map<string, HomeRecord>;
  readonly #users = new Map<string, { readonly at: number; readonly rows: readonly TcpRow[] }>();
  #history: History = NO_HISTORY;
  #findings: readonly Finding[] = [];
  #lookedAt: number | null = null;

  constructor(options: JudgementOptions) {
    this.#options = options;
    this.#homes = new Map(options.homes);
  }

  /** What was learned, to be kept. */
  homes(now: Date): HomeRecords {
    return forget(this.#homes, now.getTime());
  }

  /** The findings after one more look, the worst first. */
  see(snapshot: Snapshot): readonly Finding[] {
    const now = Date.parse(snapshot.takenAt);
    this.#history = remember(this.#history, snapshot);
    const judged = judgePrograms(snapshot, {
      history: this.#history,
      expectations: this.#options.expectations,
      learnedFor: (program) => learnedFor(this.#homes, program),
      usersOf: (namespace, port) => this.#usersOf(snapshot, namespace, port),
      before: this.#findings,
    });
    const elapsed = this.#lookedAt === null ? 0 : (now - this.#lookedAt) / 1000;
    learn(this.#homes, {
      programs: judged.filter(({ findings }) => findings.length === 0).map(({ program }) => program),
      ephemeralPorts: snapshot.kernel.ephemeralPorts,
      now,
      seconds: elapsed > 0 && elapsed <= LONGEST_LOOK_S ? elapsed : 0,
    });
    this.#lookedAt = now;
    this.#findings = inOrder(judged.flatMap(({ findings }) => findings));
    return this.#findings;
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
