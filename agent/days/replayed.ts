import { performance } from 'node:perf_hooks';
import { type Finding, type Instant, type Severity } from '../src/contract.ts';
import { Judgement, NOTHING_KEPT } from '../src/findings/judgement.ts';
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

/** Has the judgement look at a day again, by the day's own clock. */
export function replayed(day: Day): Replayed {
  const begun = performance.now();
  const expected = { services: expectationsOf(day.head), homes: [] };
  const judgement = new Judgement({ expected, kept: NOTHING_KEPT, usersOf: () => [] });
  const found: FoundThen[] = [];
  const open = new Map<string, number>();
  let looks = 0;
  let now = day.head.begins;
  for (const look of looksOf(day)) {
    looks += 1;
    now = look.takenAt;
    const findings = judgement.see(look);
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
  const seconds = (Date.parse(now) - Date.parse(day.head.begins)) / 1000;
  return { looks, seconds, tookSeconds: (performance.now() - begun) / 1000, found };
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
