import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, FindingOf, Holder } from '../contract.ts';
import { judged, lived, timeOf, type Actor, type Day } from '../../test/day.ts';
import { SSHD } from '../../test/services-day.ts';

const SERVICE: Partial<Holder> = {
  program: 'statsd_exporter',
  programKey: 'statsd_exporter /usr/bin/statsd_exporter',
  unit: 'statsd-exporter.service',
  scope: 'system',
};

interface Turns {
  readonly count: number;
  readonly every?: number;
  /** How long each listens. */
  readonly held?: number;
  /** How long this one does. */
  readonly heldBy?: Readonly<Record<number, number>>;
  readonly ports?: (turn: number) => Actor['ports'];
  readonly is?: Partial<Holder>;
}

/** One process after the other on the same port; the last one stays. */
function turns({ count, every = 9, held = 5, heldBy = {}, ports = () => [9102], is }: Turns): readonly Actor[] {
  let from = 0;
  return Array.from({ length: count }, (_, turn): Actor => {
    const [begun, lasts] = [from, heldBy[turn] ?? held];
    from += lasts + every - held;
    const to = turn === count - 1 ? undefined : begun + lasts;
    return { pid: 200 + turn, from: begun, to, ports: ports(turn), is: { ...SERVICE, ...is } };
  });
}

/** One process that opens its ports in turn, each six times, and keeps none for long. */
function dropping(ports: readonly number[]): readonly Actor[] {
  const one = turns({ count: 6 * ports.length, every: 4, held: 3, is: { startTicks: 7 } });
  return one.map((actor, turn) => ({ ...actor, pid: 200, ports: [ports[turn % ports.length] ?? 0] }));
}

const day = (actors: readonly Actor[], after = 0): Day => ({
  actors,
  until: Math.max(...actors.map(({ from }) => from)) + after,
});

function said(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ kind, severity, port }) => `${severity} ${kind} ${port}`);
}

function found(of: Day): FindingOf<'cycling'> {
  const [first, ...others] = judged(of);
  assert.ok(first?.kind === 'cycling' && others.length === 0, JSON.stringify([first, ...others]));
  return first;
}

const WARNING = ['warning cycling 9102'];
const CRITICAL = ['critical cycling 9102'];
const HELPER = { parentPid: 50, ancestors: [50] };
const SLOW = { every: 150, held: 140 };
const HOURLY = { every: 700, held: 600 };
const CASES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'the fourth socket opens': [day(turns({ count: 4 })), []],
  'the fifth socket opens': [day(turns({ count: 5 })), WARNING],
  'the fifth one has ended, and none is there yet': [
    { ...day(turns({ count: 5 }).map((actor) => ({ ...actor, to: actor.from + 5 }))), until: 4 * 9 + 7 },
    WARNING,
  ],
  'nobody comes after the last one for three periods': [
    { ...day(turns({ count: 5 }).map((actor) => ({ ...actor, to: actor.from + 5 }))), until: 4 * 9 + 28 },
    [],
  ],
  'the present one stands for three times as long': [day(turns({ count: 5 }), 15), WARNING],
  'the present one stands for longer than that': [day(turns({ count: 5 }), 16), []],
  'one of the five stood for three times as long': [day(turns({ count: 5, heldBy: { 2: 15 } })), WARNING],
  'one of the five stood for longer than that': [day(turns({ count: 5, heldBy: { 2: 16 } })), []],
  'the fifth after one that stood long': [day(turns({ count: 6, heldBy: { 0: 400 } })), WARNING],
  'five within just ten minutes': [day(turns({ count: 5, ...SLOW })), WARNING],
  'five in more than ten minutes': [day(turns({ count: 5, every: 151, held: 140 })), []],
  'six within an hour': [day(turns({ count: 6, ...HOURLY })), WARNING],
  'five within an hour': [day(turns({ count: 5, ...HOURLY })), []],
  'six in more than an hour': [day(turns({ count: 6, every: 721, held: 600 })), []],
  'one deploy': [day(turns({ count: 2 })), []],
  'workers that share one socket come and go': [
    day([
      { pid: 100, from: 0, ports: [9102], socket: 'shared', is: SERVICE },
      ...turns({ count: 8, is: HELPER }).map((actor) => ({ ...actor, socket: 'shared' })),
    ]),
    [],
  ],
  'one process hands its socket to the next': [
    day(turns({ count: 8, every: 9, held: 9 }).map((actor) => ({ ...actor, socket: 'handed on' }))),
    [],
  ],
  'each takes the same port of another address': [
    day(turns({ count: 8, ports: (turn) => [[`127.0.0.${turn + 1}`, 9102]] })),
    [],
  ],
  'workers with a socket each are restarted in turn (SO_REUSEPORT)': [
    day(
      [0, 1, 2, 3].flatMap((lane) =>
        turns({ count: 6, every: 40, held: 40, is: HELPER }).map((actor) => ({
          ...actor,
          pid: actor.pid + 10 * lane,
          from: actor.from + 10 * lane,
          to: actor.to === undefined ? undefined : actor.to + 10 * lane,
        })),
      ),
    ),
    [],
  ],
  'each starts before the one before it ends': [
    day(turns({ count: 8 }).map((actor) => ({ ...actor, to: actor.to === undefined ? undefined : actor.to + 5 }))),
    [],
  ],
  'one process opens and drops one port': [day(dropping([9102])), WARNING],
  'one process opens and drops two ports': [day(dropping([9102, 9103])), WARNING],
  'one process opens and drops many ports': [day(dropping([9102, 9103, 9104])), []],
  'docker-proxy comes and goes': [day(turns({ count: 8, is: { program: 'docker-proxy' } })), []],
  'each takes another port': [day(turns({ count: 8, every: 60, ports: (turn) => [9102 + 20 * turn] })), []],
  'each leaves a port behind': [
    day([
      ...turns({ count: 5 }),
      ...turns({ count: 5 }).map((actor, turn) => ({
        ...actor,
        pid: 300 + turn,
        to: undefined,
        ports: [20_000 + 100 * turn],
        is: { ...SERVICE, parentPid: 1 },
      })),
    ]),
    CRITICAL,
  ],
  'each opens many ports and leaves none': [
    day(turns({ count: 5, ports: () => [9102, 9200, 9300, 9400, 9500, 9600] })),
    WARNING,
  ],
};

suite('cycling', () => {
  for (const [when, [of, expected]] of Object.entries(CASES)) {
    test(`${expected.join(', ') || 'silent'} when ${when}`, () => {
      const cycles = judged(of).filter(({ kind }) => kind === 'cycling');
      assert.deepEqual(said(cycles), expected);
    });
  }
});

/** Twenty minutes of restarts each half minute. */
const LONG = turns({ count: 41, every: 30, held: 20 });
const GROWTHS: readonly (readonly [string, NonNullable<Day['kernel']>, readonly string[]])[] = [
  ['file handles', (second) => ({ fileHandles: { used: 1000 + Math.round(second / 10), max: 1e6 } }), ['file-handles']],
  ['processes', (second) => ({ processes: { used: 300 + Math.round(second / 30), max: 1e6 } }), ['processes']],
  ['nothing', () => ({}), []],
  ['file handles a little', (second) => ({ fileHandles: { used: 1000 + Math.round(second / 90), max: 1e6 } }), []],
  ['file handles up and down', (second) => ({ fileHandles: { used: 1000 + (second % 240), max: 1e6 } }), []],
];

for (const [what, kernel, growing] of GROWTHS) {
  test(`while it cycles and ${what} grow it is ${growing.length > 0 ? 'critical' : 'a warning'}`, () => {
    const finding = found({ ...day(LONG), kernel });
    assert.deepEqual(
      [finding.details.growing, finding.severity],
      [growing, growing.length > 0 ? 'critical' : 'warning'],
    );
  });
}

test('what grew before it cycled says nothing', () => {
  const first = { pid: 100, from: 0, to: 3600, ports: [9102], is: SERVICE };
  const later = turns({ count: 41, every: 30, held: 20 }).map((actor) => ({
    ...actor,
    from: actor.from + 3600,
    to: actor.to === undefined ? undefined : actor.to + 3600,
  }));
  const kernel = (second: number) => ({ fileHandles: { used: 1000 + Math.min(second, 3600), max: 1e6 } });
  assert.deepEqual(found({ ...day([first, ...later]), kernel }).details.growing, []);
});

test('it says how often and how fast it restarts, and what to read', () => {
  const finding = found(day(turns({ count: 66 })));
  assert.equal(finding.title, 'statsd_exporter opens and drops 9102 every 9 s');
  assert.equal(finding.subtitle, 'Cycling · statsd-exporter.service · 66 restarts in 10 min');
  assert.equal(finding.sentence, 'statsd_exporter restarts every 9 s.');
  assert.equal(
    finding.why,
    'One process of statsd_exporter after the other has opened 127.0.0.1:9102 since 23 Nov 00:00:00 UTC, and kept it for about 5 s.',
  );
  assert.deepEqual(finding.details, { generations: 66, withinSeconds: 600, periodSeconds: 9, growing: [] });
  assert.deepEqual(finding.evidence.slice(0, 2), [
    '66 sockets were opened at 127.0.0.1:9102, one after the other, since 23 Nov 00:00:00 UTC.',
    'Pid 261 held it from 23 Nov 00:09:09 UTC for 5 s.',
  ]);
  assert.equal(finding.evidence.at(-1), 'Pid 265 has held it since 23 Nov 00:09:45 UTC.');
  assert.deepEqual(
    finding.steps.map(({ command }) => command),
    [
      "journalctl --no-pager -n 50 -u 'statsd-exporter.service'",
      "systemctl status --no-pager -- 'statsd-exporter.service'",
    ],
  );
  assert.deepEqual(
    finding.holders.map(({ pid }) => pid),
    [265],
  );
});

test('without a service there is ps', () => {
  const { steps } = found(day(turns({ count: 5, is: { unit: null } })));
  assert.deepEqual(
    steps.map(({ command }) => command),
    ["sudo ss -Hltnp 'sport = :9102'", 'ps -o pid,ppid,user,lstart,args -p 204'],
  );
});

test('one process that opens and drops its port does not restart', () => {
  const same = turns({ count: 5, is: { startTicks: 77 } }).map((actor) => ({ ...actor, pid: 200 }));
  const finding = found(day(same));
  assert.equal(finding.sentence, 'statsd_exporter opens and drops 9102 every 9 s.');
  assert.match(finding.subtitle, /5 times in 10 min$/);
  assert.match(finding.why, /^statsd_exporter \(pid 200\) has opened again and again/);
});

test('a program that drops several ports at each restart is told of once, by its lowest port', () => {
  assert.equal(found(day(turns({ count: 5, ports: () => [9103, 9102, 9125] }))).port, 9102);
});

test('from opening to opening it stays one finding, begun with the first of the five', () => {
  const actors = turns({ count: 12 });
  const [early, late] = [4, 11].map((turn) => found({ actors, until: actors[turn]!.from }));
  assert.deepEqual([late?.id, late?.since, late?.detectedAt], [early?.id, timeOf(0), timeOf(36)]);
  assert.equal(late?.details.generations, 12);
});

test('between two restarts nothing listens, and that it is missing is part of the trouble', () => {
  const began = 2 * 86_400;
  const steady: Actor = { pid: 100, from: 0, to: began, ports: [9102], is: SERVICE };
  const cycle = turns({ count: 12, every: 60, held: 5 }).map((actor) => ({
    ...actor,
    from: actor.from + began,
    to: actor.from + began + 5,
  }));
  const { findings } = lived({
    actors: [SSHD, steady, ...cycle],
    until: began + 11 * 60 + 50,
    agentFrom: began - 86_400,
  });
  assert.deepEqual(
    said(findings).map((text) => text.replace(/^\w+ /, '')),
    ['cycling 9102'],
  );
  assert.deepEqual(
    findings[0]?.causes.map(({ kind }) => kind),
    ['missing'],
  );
});
