import { performance } from 'node:perf_hooks';
import { type Finding, type Instant, type Listener, type Severity, type Snapshot } from '../src/contract.ts';
import { Judgement, NOTHING_KEPT, type Expected, type Kept } from '../src/findings/judgement.ts';
import { type Day } from './day-format.ts';
import { expectationsOf, looksOf } from './day-reader.ts';

/** A finding of the day, from opening to closing. */
export interface FoundThen {
  /** As it was at its opening; severity and title may change while it is open. */
  readonly finding: Finding;
  /** The worst it was, and the last. */
  readonly worst: Severity;
  readonly last: Finding;
  readonly openedAt: Instant;
  /** Null: it was there at the day's end. */
  readonly closedAt: Instant | null;
}

export interface Replayed {
  readonly looks: number;
  /** How long the day was, with what was put in. */
  readonly seconds: number;
  readonly tookSeconds: number;
  /** In the order of their opening. */
  readonly found: readonly FoundThen[];
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

/**
 * Has the judgement look at a day again, by the day's own clock.
 * @param restartSeconds as if the agent had been restarted so often; Infinity: never
 */
export function replayed(day: Day, restartSeconds = Infinity): Replayed {
  const begun = performance.now();
  const begins = Date.parse(day.head.begins);
  const agent = new PastAgent(day);
  const found: FoundThen[] = [];
  const open = new Map<string, number>();
  let [looks, starts, now] = [0, 1, day.head.begins];
  for (const look of looksOf(day)) {
    looks += 1;
    now = look.takenAt;
    const isDue = Date.parse(now) - begins >= starts * restartSeconds * 1000;
    if (isDue) {
      starts = Math.floor((Date.parse(now) - begins) / (restartSeconds * 1000)) + 1;
      agent.restart(look);
    }
    note(agent.see(look), now, { found, open });
  }
  const seconds = (Date.parse(now) - begins) / 1000;
  return { looks, seconds, tookSeconds: (performance.now() - begun) / 1000, found };
}

/** What an agent would have found that day, one start after another. */
class PastAgent {
  readonly #expected: Expected;
  #judgement: Judgement;
  /** Inodes of the sockets that are older than its last start. */
  #older: ReadonlySet<string> = new Set();

  constructor({ head }: Day) {
    this.#expected = { services: expectationsOf(head), homes: [] };
    this.#judgement = this.#judgementOf(NOTHING_KEPT);
  }

  restart({ takenAt, listeners }: Snapshot): void {
    this.#judgement = this.#judgementOf(this.#judgement.kept(new Date(takenAt)));
    this.#older = new Set(listeners.map(nameOf));
  }

  see(look: Snapshot): readonly Finding[] {
    if (this.#older.size === 0) return this.#judgement.see(look);
    const listeners = look.listeners.map((one) => (this.#older.has(nameOf(one)) ? { ...one, openedAt: null } : one));
    return this.#judgement.see({ ...look, listeners });
  }

  #judgementOf(kept: Kept): Judgement {
    return new Judgement({ expected: this.#expected, kept, usersOf: () => [] });
  }
}

function nameOf({ networkNamespace, inode }: Listener): string {
  return `${networkNamespace}/${inode}`;
}

interface Notes {
  readonly found: FoundThen[];
  /** Where those that are open stand in `found`, by id. */
  readonly open: Map<string, number>;
}

function note(findings: readonly Finding[], now: Instant, { found, open }: Notes): void {
  const present = new Set(findings.map(({ id }) => id));
  for (const [id, index] of open) {
    if (present.has(id)) continue;
    found[index] = { ...at(found, index), closedAt: now };
    open.delete(id);
  }
  for (const finding of findings) {
    const index = open.get(finding.id) ?? found.length;
    open.set(finding.id, index);
    found[index] = seen(found[index], finding, now);
  }
}

function at(found: readonly FoundThen[], index: number): FoundThen {
  const one = found[index];
  if (one === undefined) throw new RangeError(`no finding ${index}`);
  return one;
}

function seen(before: FoundThen | undefined, finding: Finding, now: Instant): FoundThen {
  if (before === undefined) return { finding, worst: finding.severity, last: finding, openedAt: now, closedAt: null };
  const isWorse = RANK[finding.severity] < RANK[before.worst];
  return { ...before, last: finding, worst: isWorse ? finding.severity : before.worst };
}
