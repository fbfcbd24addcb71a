/** Judgement of one look, without any history. */
import { type Finding, type Snapshot } from '../contract.ts';
import { judge } from './judge.ts';
import { type Expected, type PortUsers } from './judgement.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';
import { Trends } from './trends.ts';

/** What one look tells, without any history: what has to last before it is a finding is none. */
export function judgeOnce(
  snapshot: Snapshot,
  { services, homes }: Expected,
  usersOf: PortUsers = () => [],
): readonly Finding[] {
  return judgeFirst(snapshot, { services, homes }, usersOf, null);
}

/** As {@link judgeOnce}, of a machine that has long been as the snapshot shows it: what is absent is missing. */
export function judgeAsLasting(snapshot: Snapshot, expected: Expected): readonly Finding[] {
  return judgeFirst(snapshot, expected, () => [], 0);
}

function judgeFirst(
  snapshot: Snapshot,
  { services, homes }: Expected,
  usersOf: PortUsers,
  begunAt: History['begunAt'],
): readonly Finding[] {
  return judge(snapshot, {
    history: remember({ ...NO_HISTORY, begunAt }, snapshot),
    expectations: services,
    fleetHomes: homes,
    records: new Map(),
    trends: new Trends(),
    usersOf: (namespace, port) => usersOf(snapshot, namespace, port),
    before: [],
  }).findings;
}
