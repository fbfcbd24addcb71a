import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Connections, Finding, FindingOf, Holder, Listener } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';

const HOUR = 3600;
/** From there on nothing is accepted. */
const STUCK = 100;
const COUNTS: Connections = {
  established: 0,
  unaccepted: 5,
  synReceived: 0,
  closeWait: 0,
  finWait: 0,
  timeWait: 0,
};

interface Queue {
  readonly from?: number;
  /** From then on it moves again. */
  readonly to?: number;
  readonly length?: (second: number) => number;
  readonly givenUpFrom?: number;
  readonly is?: Partial<Holder>;
  readonly shows?: Partial<Listener>;
}

/** A server whose queue stands still; the scanner says so after three seconds. */
function server({
  from = STUCK,
  to = Infinity,
  length = () => 5,
  givenUpFrom = Infinity,
  is,
  shows,
}: Queue = {}): Actor {
  return {
    pid: 100,
    from: 0,
    ports: [8080],
    is: { program: 'java', programKey: 'java /srv/billing.jar', ...is },
    shows: (second) => {
      if (second < from || second >= to) return {};
      const connections = second < givenUpFrom ? COUNTS : { ...COUNTS, givenUp: 2 };
      const acceptQueueStuckSince = second < from + 3 ? null : timeOf(from);
      return { acceptQueue: length(second), acceptQueueStuckSince, connections, ...shows };
    },
  };
}

const day = (actor: Actor, until: number, changes: Partial<Day> = {}): Day => ({
  actors: [actor],
  until,
  closely: [STUCK - 2, until],
  ...changes,
});
const rising = (from: number) => ({
  kernel: (second: number) => ({ listenOverflows: second < from ? 7 : 8 + second - from }),
});

function said(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ kind, severity, port }) => `${severity} ${kind} ${port}`);
}

function found(of: Day): FindingOf<'wedged'> {
  const [first, ...others] = judged(of);
  assert.ok(first?.kind === 'wedged' && others.length === 0, JSON.stringify([first, ...others]));
  return first;
}

const WARNING = ['warning wedged 8080'];
const CRITICAL = ['critical wedged 8080'];
const CASES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'nothing is accepted for 9 s': [day(server(), STUCK + 9), []],
  'nothing is accepted for 10 s': [day(server(), STUCK + 10), WARNING],
  'nothing is accepted for 59 s': [day(server(), STUCK + 59), WARNING],
  'nothing is accepted for a minute': [day(server(), STUCK + 60), CRITICAL],
  'one connection waits': [day(server({ length: () => 1 }), STUCK + 10), WARNING],
  'more and more wait': [day(server({ length: (second) => second - STUCK + 1 }), STUCK + 10), WARNING],
  'ListenOverflows rises within the 10 s': [day(server(), STUCK + 10, rising(STUCK + 5)), CRITICAL],
  'ListenOverflows rises, for less than 10 s': [day(server(), STUCK + 9, rising(STUCK + 5)), []],
  'ListenOverflows rises later': [day(server(), STUCK + 30, rising(STUCK + 30)), CRITICAL],
  'ListenOverflows rose before it was stuck, and no more': [
    day(server(), STUCK + 20, { kernel: (second) => ({ listenOverflows: second < STUCK ? 0 : 9 }) }),
    WARNING,
  ],
  'ListenOverflows rose while the queue had room': [
    day(server({ length: (second) => (second < STUCK + 15 ? 5 : 6) }), STUCK + 20, {
      kernel: (second) => ({ listenOverflows: second < STUCK + 12 ? 0 : 9 }),
    }),
    WARNING,
  ],
  'ListenOverflows is not known': [day(server(), STUCK + 20, { kernel: () => ({ listenOverflows: null }) }), WARNING],
  'ListenOverflows rises on the host, not where it listens': [
    day({ ...server(), namespace: '4026532100' }, STUCK + 20, rising(STUCK + 5)),
    WARNING,
  ],
  'clients gave up 10 s ago': [day(server({ givenUpFrom: STUCK + 1 }), STUCK + 11), CRITICAL],
  'clients gave up 9 s ago': [day(server({ givenUpFrom: STUCK + 1 }), STUCK + 10), WARNING],
  'the queue moves': [day(server({ shows: { acceptQueueStuckSince: null } }), HOUR), []],
  'the queue moves, and clients give up': [
    day(server({ givenUpFrom: 0, shows: { acceptQueueStuckSince: null } }), STUCK + 30),
    [],
  ],
  'it is stopped': [day(server({ is: { state: 'T' } }), STUCK + 10), WARNING],
  'nobody is seen to hold the socket': [
    day(server({ shows: { holders: [], holdersUnknown: 'denied' } }), STUCK + 10),
    WARNING,
  ],
  'PID 1 holds the socket for a service that does not come': [
    day({ ...server({ is: { program: 'systemd', programKey: 'systemd' } }), pid: 1 }, STUCK + 10),
    WARNING,
  ],
  'the queue moved again': [day(server({ to: STUCK + 20 }), STUCK + 21), []],
};

suite('wedged', () => {
  for (const [when, [of, expected]] of Object.entries(CASES)) {
    test(`${expected.join(', ') || 'silent'} when ${when}`, () => assert.deepEqual(said(judged(of)), expected));
  }
});

test('it is found in the look at which it has stood still for 10 s, though nothing else changes', () => {
  assert.equal(found(day(server(), STUCK + 13)).detectedAt, timeOf(STUCK + 10));
});

test('it says who does not answer, how many wait and since when', () => {
  const service = { unit: 'billing-api.service', scope: 'system' as const };
  const finding = found(day(server({ is: service, length: () => 51 }), STUCK + 10));
  assert.equal(finding.title, 'java on 8080 accepts no connections');
  assert.equal(finding.subtitle, 'Wedged · billing-api.service · 51 waiting, 0 accepted since 23 Nov 00:01:40 UTC');
  assert.equal(finding.sentence, 'java holds 8080 but does not answer.');
  assert.equal(finding.why, '51 connections wait at 127.0.0.1:8080, and none was accepted since 23 Nov 00:01:40 UTC.');
  assert.deepEqual(finding.details, { waiting: 51, since: timeOf(STUCK), givenUp: 0, hasOverflowed: false });
  assert.deepEqual(finding.evidence, [
    '51 connections wait to be accepted at 127.0.0.1:8080 (net.core.somaxconn allows 4096): the same ones since 23 Nov 00:01:40 UTC.',
    'java (pid 100) is in state S: it does something else than accept.',
  ]);
  assert.deepEqual(
    finding.steps.map(({ command }) => command),
    [
      "sudo ss -ltn 'sport = :8080'",
      'sudo cat /proc/100/wchan',
      "sudo systemctl restart -- 'billing-api.service'; sleep 5; sudo ss -Hltnp 'sport = :8080'",
    ],
  );
  assert.deepEqual([finding.since, finding.holders.map(({ pid }) => pid)], [timeOf(STUCK), [100]]);
});

test('it tells what the kernel refused, and who gave up', () => {
  const finding = found(day(server({ givenUpFrom: STUCK + 2 }), STUCK + 12, rising(STUCK + 5)));
  assert.deepEqual(finding.details, { waiting: 5, since: timeOf(STUCK), givenUp: 2, hasOverflowed: true });
  assert.deepEqual(finding.evidence.slice(2), [
    'ListenOverflows rose by 8 while 5 waited: the kernel turns away whoever comes.',
    '2 of 5 gave up: their clients have closed, the first by 23 Nov 00:01:42 UTC.',
  ]);
});

test('who gave up before it stood still was accepted then', () => {
  const finding = found(day(server({ from: 0, givenUpFrom: 0, to: STUCK }), 20));
  assert.match(finding.evidence.join('\n'), /the first by 23 Nov 00:00:00 UTC/);
  const moved = server({ givenUpFrom: 0 });
  const shows = (second: number) => ({
    acceptQueue: 5,
    connections: { ...COUNTS, givenUp: 2 },
    ...moved.shows?.(second),
  });
  assert.match(found(day({ ...moved, shows }, STUCK + 10)).evidence.join('\n'), /the first by 23 Nov 00:01:40 UTC/);
});

const STATES: readonly (readonly [state: string, says: RegExp, steps: readonly string[]])[] = [
  [
    'T',
    /is stopped \(state T\)/,
    [
      'See how many wait to be accepted',
      'See what it waits for',
      'Let it go on, if nobody stopped it on purpose',
      'End it',
    ],
  ],
  ['t', /stopped by a debugger \(state t\)/, ['See how many wait to be accepted', 'See what it waits for', 'End it']],
  ['D', /uninterruptible wait \(state D\)/, ['See how many wait to be accepted', 'See what it waits for', 'End it']],
];

for (const [state, says, steps] of STATES) {
  test(`it says that the process is in state ${state}`, () => {
    const finding = found(day(server({ is: { state, unit: null } }), STUCK + 10));
    assert.match(finding.why, says);
    assert.match(finding.evidence.join('\n'), says);
    assert.deepEqual(finding.steps.map(({ title }) => title).slice(0, -1), steps);
  });
}

test('who cannot be seen is not named, and gets no commands but to look', () => {
  const finding = found(day(server({ shows: { holders: [], holdersUnknown: 'denied' } }), STUCK + 10));
  assert.deepEqual([finding.program, finding.programKey, finding.unit], ['unknown', 'unknown', null]);
  assert.equal(finding.title, 'Whoever is there on 8080 accepts no connections');
  assert.match(finding.evidence.join('\n'), /cannot be seen: a process that may not be seen/);
  assert.deepEqual(
    finding.steps.map(({ command }) => command),
    ["sudo ss -ltn 'sport = :8080'"],
  );
});

test('PID 1 is never to be ended', () => {
  const finding = found(day({ ...server(), pid: 1 }, STUCK + 10));
  assert.ok(finding.steps.every(({ changes }) => changes === undefined));
});

test('PID 1 that holds the socket, too, has handed it on: the service is spoken of', () => {
  const opener = {
    ...server({ is: { program: 'systemd', programKey: 'systemd' } }),
    pid: 1,
    from: -10,
    socket: 'handed on',
  };
  const service = { ...server(), socket: 'handed on' };
  const finding = found({ actors: [opener, service], until: STUCK + 10, closely: [STUCK, STUCK + 10] });
  assert.deepEqual([finding.program, finding.holders.map(({ pid }) => pid)], ['java', [100]]);
});

test('of workers, the one that stands still is spoken of', () => {
  const workers = ['S', 'D', 'S'].map((state, at) => ({
    ...server({ is: { state } }),
    pid: 100 + at,
    from: at,
    socket: 'shared',
  }));
  assert.deepEqual(
    found({ actors: workers, until: STUCK + 10, closely: [STUCK, STUCK + 10] }).holders.map(({ pid }) => pid),
    [101],
  );
});

test('an old process that is wedged on the port of the new one is one trouble: the drift, with two causes', () => {
  const old = { ...server(), ports: [3000] };
  const heir = { ...server({ from: Infinity }), pid: 200, from: STUCK + 5, ports: [3001] };
  const [first, ...others] = judged({ actors: [old, heir], until: STUCK + 10, closely: [STUCK, STUCK + 10] });
  assert.deepEqual([first?.kind, others.length], ['drift', 0]);
  assert.deepEqual(
    first?.causes.map(({ kind, port, pid }) => [kind, port, pid]),
    [
      ['stale-holder', 3000, 100],
      ['wedged', 3000, 100],
    ],
  );
});
