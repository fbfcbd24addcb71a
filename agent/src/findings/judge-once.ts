/** Judgement of one look, without any history. */
import { type Finding, type Instant, type Place, type Snapshot } from '../contract.ts';
import { judge } from './judge.ts';
import { type Expected, type PortUsers } from './judgement.ts';
import { recordKey, type HomeRecord, type HomeRecords } from './learned-homes.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';
import { Trends } from './trends.ts';

/** What one look tells, without any history: what has to last before it is a finding is none. */
export function judgeOnce(
  snapshot: Snapshot,
  { services, homes }: Expected,
  usersOf: PortUsers = () => [],
): readonly Finding[] {
  return judgeFirst(snapshot, { services, homes }, { records: new Map(), begunAt: null, usersOf });
}

/** A home of a program in the host's namespace that the machine is known to remember. */
export interface RememberedHome extends Place {
  readonly programKey: string;
  readonly program: string;
  /** System service of its last holder; null when it was in none. */
  readonly unit: string | null;
  /** When it was last held. */
  readonly until: Instant;
}

/** As {@link judgeOnce}, of a machine that has long been as the snapshot shows it: what is absent is missing. */
export function judgeAsLasting(
  snapshot: Snapshot,
  expected: Expected,
  remembered: readonly RememberedHome[] = [],
): readonly Finding[] {
  const records = new Map(remembered.map(recordOf).map((record) => [recordKey(record), record]));
  return judgeFirst(snapshot, expected, { records, begunAt: 0, usersOf: () => [] });
}

/** Held for a day by several processes in turn: long and often enough for every rule. */
function recordOf({ until, ...home }: RememberedHome): HomeRecord {
  return {
    ...home,
    isHostNamespace: true,
    service: null,
    days: { [until.slice(0, 10)]: 86_400 },
    generations: 2,
    inode: '',
    since: until,
    until,
    isRetired: false,
  };
}

interface Past {
  readonly records: HomeRecords;
  readonly begunAt: History['begunAt'];
  readonly usersOf: PortUsers;
}

function judgeFirst(
  snapshot: Snapshot,
  { services, homes }: Expected,
  { records, begunAt, usersOf }: Past,
): readonly Finding[] {
  return judge(snapshot, {
    history: remember({ ...NO_HISTORY, begunAt }, snapshot),
    expectations: services,
    fleetHomes: homes,
    records,
    trends: new Trends(),
    usersOf: (namespace, port) => usersOf(snapshot, namespace, port),
    before: [],
  }).findings;
}
