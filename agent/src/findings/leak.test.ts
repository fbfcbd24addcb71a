import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, FindingOf, Holder } from '../contract.ts';
import { judged, lived, timeOf, type Actor, type Day } from '../../test/day.ts';
import { declared } from '../../test/stale-day.ts';
import { recordKey, type HomeRecord, type HomeRecords } from './learned-homes.ts';
import { FRONT_PROXIES } from './leak.ts';
import { NOTHING_KEPT } from './judgement.ts';

const SERVICE: Partial<Holder> = { unit: 'web.service', scope: 'system' };
const STARTED = 0;

interface Opened {
  readonly port: number;
  readonly at?: number;
  readonly to?: number;
}

/** One process: each of its sockets is an actor, as each has its own times. */
function holding(opened: readonly Opened[], is: Partial<Holder> = {}, started = STARTED): readonly Actor[] {
  return opened.map(({ port, at = started, to }) => ({
    pid: 100,
    from: started,
    opens: at,
    to,
    ports: [port],
    socket: `port ${port} of ${at}`,
    is: { ...SERVICE, ...is },
  }));
}

const run = (count: number, step = 1, from = 3000): readonly Opened[] =>
  Array.from({ length: count }, (_, at) => ({ port: from + at * step }));
/** Besides ten ports from the start, others at these times. */
const growing = (times: readonly number[], had = 10): readonly Opened[] => [
  ...run(had, 100, 4000),
  ...times.map((at, index) => ({ port: 20_000 + 50 * index, at })),
];
const STEADY = [700, 800, 900, 1000, 1100, 1200, 1300];

const day = (actors: readonly Actor[], changes: Partial<Day> = {}): Day => ({ actors, until: 1300, ...changes });

function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) =>
    finding.kind === 'leak' ? `${finding.severity} ${finding.details.total} +${finding.details.grownBy}` : finding.kind,
  );
}

function found(of: Day): FindingOf<'leak'> {
  const [first, ...others] = judged(of);
  assert.ok(first?.kind === 'leak' && others.length === 0, JSON.stringify([first, ...others]));
  return first;
}

/** What the program is remembered to have held, first then. */
function records(ports: readonly number[], since: string): HomeRecords {
  const all = ports.map((port): HomeRecord => ({
    programKey: 'node /srv/web/server.js',
    isHostNamespace: true,
    service: null,
    address: '127.0.0.1',
    port,
    days: { '2026-11-22': 60 },
    generations: 1,
    inode: '1',
    program: 'node',
    unit: 'web.service',
    since,
    until: '2026-11-22T23:00:00.000Z',
    isRetired: false,
  }));
  return new Map(all.map((record) => [recordKey(record), record]));
}

const kept = (since: string) => ({
  ...NOTHING_KEPT,
  homes: records(
    run(10).map(({ port }) => port),
    since,
  ),
});
const places = run(10).map(({ port }) => ({ address: '127.0.0.1', port }));

const NOTICE = ['notice 10 +0'];
const CASES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'one process holds ten adjoining ports': [day(holding(run(10))), NOTICE],
  'it holds nine': [day(holding(run(9))), []],
  'the ports are ten apart': [day(holding(run(10, 10))), NOTICE],
  'the ports are eleven apart': [day(holding(run(10, 11))), []],
  'five adjoin here and five there': [day(holding([...run(5), ...run(5, 1, 4000)])), []],
  'ten processes hold one each': [
    day(
      run(10).map(({ port }, at) => ({
        pid: 100 + at,
        from: at,
        ports: [port],
        is: { ...SERVICE, toldPorts: [port] },
      })),
    ),
    [],
  ],
  'it was told one of them': [day(holding(run(10), { toldPorts: [3000] })), []],
  'it was told an eleventh': [day(holding(run(11), { toldPorts: [3000] })), ['notice 11 +0']],
  'they are declared': [day(holding(run(10)), { expectations: [declared({ places })] }), []],
  'one of them is declared': [day(holding(run(10)), { expectations: [declared()] }), []],
  'it held them before this boot': [day(holding(run(10)), { kept: kept('2026-10-01T00:00:00.000Z') }), []],
  'it held them before, in this boot': [day(holding(run(10)), { kept: kept('2026-11-01T00:00:00.000Z') }), NOTICE],
  'it held ten of them before this boot, and there are nine more': [
    day(holding(run(19)), { kept: kept('2026-10-01T00:00:00.000Z') }),
    [],
  ],
  'it held ten of them before this boot, and there are ten more': [
    day(holding(run(20)), { kept: kept('2026-10-01T00:00:00.000Z') }),
    ['notice 20 +0'],
  ],
  'it opens more in each third of ten minutes': [day(holding(growing(STEADY))), ['warning 17 +6']],
  'it opens three in ten minutes, one in each third': [day(holding(growing([800, 1000, 1200]))), ['warning 13 +3']],
  'adjoining ones, too': [day(holding([...run(10), ...growing([800, 1000, 1200], 0)])), ['warning 13 +3']],
  'the first third brings none': [day(holding(growing([950, 1000, 1100, 1200]))), []],
  'the second third brings none': [day(holding(growing([750, 800, 1150, 1200]))), []],
  'the last third brings none': [day(holding(growing([750, 800, 950, 1000]))), []],
  'it holds nine with the new ones': [day(holding(growing([800, 1000, 1200], 6))), []],
  'it holds ten with the new ones': [day(holding(growing([800, 1000, 1200], 7))), ['warning 10 +3']],
  'as many close as open': [
    day(
      holding([
        ...run(10, 100, 4000).map((one, at) => ({ ...one, ...(at < 3 ? { to: 790 + 200 * at } : {}) })),
        ...growing([800, 1000, 1200], 0),
      ]),
    ),
    [],
  ],
  'what it opens it closes, and it happens to hold more each time': [
    day(
      holding([
        ...run(10, 100, 4000),
        { port: 20_000, at: 850, to: 1000 },
        { port: 20_100, at: 1050, to: 1200 },
        { port: 20_200, at: 1051, to: 1200 },
        ...[0, 1, 2, 3].map((at) => ({ port: 21_000 + 50 * at, at: 1250 })),
      ]),
    ),
    [],
  ],
  'it started less than ten minutes ago': [
    day(holding([...run(10, 100, 4000), ...growing([800, 1000, 1200], 0)], {}, 701)),
    [],
  ],
  'it started ten minutes ago': [
    day(holding([...run(10, 100, 4000), ...growing([800, 1000, 1200], 0)], {}, 690)),
    ['warning 13 +3'],
  ],
  'the agent has looked for less than ten minutes': [day(holding(growing([800, 1000, 1200])), { agentFrom: 900 }), []],
  'what it opens it was told': [
    day(holding(growing(STEADY), { toldPorts: STEADY.map((_, index) => 20_000 + 50 * index) })),
    [],
  ],
};

suite('leak', () => {
  for (const [when, [of, expected]] of Object.entries(CASES)) {
    test(`${expected.join(', ') || 'silent'} when ${when}`, () => assert.deepEqual(said(judged(of)), expected));
  }

  for (const program of FRONT_PROXIES) {
    test(`silent of ${program}`, () => {
      const is = { program, programKey: program };
      assert.deepEqual(said(judged(day(holding([...run(12), ...growing(STEADY)], is)))), []);
    });
  }
});

test('many adjoining ports: it says whose they are, and asks for nothing but a look', () => {
  const finding = found(day(holding(run(12))));
  assert.equal(finding.title, 'node holds 12 adjoining ports');
  assert.equal(finding.subtitle, 'Leak · web.service · one process');
  assert.equal(finding.sentence, 'One process holds 12 adjoining ports: 3000 to 3011.');
  assert.equal(finding.why, 'node (pid 100) opened ports side by side that nobody told or declared it.');
  assert.deepEqual(finding.evidence, [
    'node (pid 100), started 23 Nov 00:00:00 UTC, holds 3000, 3001, 3002, 3003, 3004, …, 3007, 3008, 3009, 3010, 3011.',
    'None of these 12 ports is told by its command line or declared, or was its own before this boot.',
    'It has 20 of 1024 file descriptors open.',
  ]);
  assert.deepEqual(
    finding.steps.map(({ command, changes }) => [command, changes]),
    [
      ["sudo ss -Hltnp | grep -c 'pid=100,'", undefined],
      ['ps -o pid,ppid,user,lstart,args -p 100', undefined],
    ],
  );
});

test('ever more ports: it says how many became how many, and what to restart', () => {
  const finding = found(day(holding(growing(STEADY, 34))));
  assert.equal(finding.title, 'node holds 41 ports and opens more');
  assert.equal(finding.subtitle, 'Leak · web.service · +6 in 10 min · one process');
  assert.equal(finding.sentence, 'One process keeps opening ports: 41 so far.');
  assert.equal(
    finding.why,
    'node (pid 100) opened ports of its own choice in each third of the last 10 min and keeps them: 35 became 41.',
  );
  assert.equal(
    finding.evidence[2],
    'So many it held: 35 at 23 Nov 00:11:40 UTC, 37 at 23 Nov 00:15:00 UTC, 39 at 23 Nov 00:18:20 UTC, 41 at 23 Nov 00:21:40 UTC.',
  );
  assert.deepEqual([finding.details.pid, finding.details.total, finding.details.grownBy], [100, 41, 6]);
  assert.equal(
    finding.steps.at(-1)?.command,
    "sudo systemctl restart -- 'web.service'; sleep 5; sudo ss -Hltnp 'sport = :4000'",
  );
});

test('without a service the process is to be ended, if it still holds a port', () => {
  const { steps } = found(day(holding(growing(STEADY), { unit: null })));
  assert.match(steps.at(-2)?.command ?? '', /sport = :4000' \| grep -q 'pid=100,' && sudo kill -TERM 100$/);
});

test('from the tenth port on it is one trouble, however many come and whatever goes', () => {
  const opened = Array.from({ length: 30 }, (_, at) => ({
    port: 3000 + at,
    at: at * 60,
    ...(at === 0 ? { to: 1500 } : {}),
  }));
  const at = (until: number) => found({ actors: holding(opened), until });
  const [early, late, last] = [at(540), at(1300), at(1740)];
  assert.deepEqual([early.severity, late.severity, last.severity], ['notice', 'warning', 'warning']);
  assert.deepEqual([late.id, last.id], [early.id, early.id]);
  assert.deepEqual([early.since, last.since, last.detectedAt], [timeOf(540), timeOf(540), timeOf(540)]);
});

test('of a thousand ports a hundred are told', () => {
  const { details } = found(day(holding(run(1000))));
  assert.deepEqual([details.ports.length, details.ports.at(-1), details.total], [100, 3099, 1000]);
});

test('what it leaks is no home: with a warning nothing is learned', () => {
  const homes = (of: Day) => lived(of).judgement.kept(new Date(timeOf(of.until))).homes;
  const ports = (of: Day) => [...homes(of).values()].map(({ port }) => port);
  assert.ok(ports(day(holding(run(10)))).includes(3009));
  assert.ok(!ports({ ...day(holding(growing(STEADY))), until: 1350 }).includes(20_300));
});
