import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Connections, Finding, FindingOf } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';

/** Process after process, `every` seconds, each on the port after the one before. */
function climb(
  rungs: number,
  { every = 240, step = 1, ...more }: Partial<Actor> & { every?: number; step?: number } = {},
) {
  return Array.from({ length: rungs }, (_, at): Actor => ({
    pid: 100 + at,
    from: at * every,
    ports: [3000 + at * step],
    ...more,
  }));
}
const told = (actor: Actor): Actor => ({ ...actor, is: { ...actor.is, toldPorts: [actor.ports[0] as number] } });
const java = { program: 'java', programKey: 'java /srv/other.jar' };
const soon = (actors: readonly Actor[]): Day => ({ actors, until: Math.max(...actors.map(({ from }) => from)) + 2 });

function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) => {
    const ports = finding.kind === 'ladder' ? finding.details.ports.join('→') : String(finding.port);
    return `${finding.kind} ${finding.severity} ${ports}`;
  });
}

function ladderIn(day: Day): FindingOf<'ladder'> {
  const [finding, ...others] = judged(day);
  assert.deepEqual(others, []);
  return finding?.kind === 'ladder' ? finding : assert.fail(`expected a ladder, got ${finding?.kind}`);
}

const LADDER = ['ladder critical 3000→3001→3002'];

const connected = (established: number): Connections => ({
  established,
  unaccepted: 0,
  synReceived: 0,
  closeWait: 0,
  finWait: 0,
  timeWait: 0,
});

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'three processes took three ports in turn': [soon(climb(3)), LADDER],
  'the agent starts after it happened': [{ ...soon(climb(3)), agentFrom: 481 }, LADDER],
  'the lowest is days old': [
    {
      ...soon([{ ...climb(1)[0]!, from: -400_000 }, ...climb(3).slice(1)]),
      agentFrom: -10,
    },
    LADDER,
  ],
  'ports ten apart': [soon(climb(3, { step: 10 })), ['ladder critical 3000→3010→3020']],
  'numbers that others hold are skipped': [
    soon([
      { pid: 50, from: 0, ports: [3001, 3002], is: java },
      climb(1)[0]!,
      ...climb(4).slice(3),
      { pid: 104, from: 1000, ports: [3004] },
    ]),
    ['ladder critical 3000→3003→3004'],
  ],
  'those below are gone': [
    soon(climb(4).map((actor, at) => (at < 3 ? { ...actor, to: actor.from + 250 } : actor))),
    ['ladder critical 3000→3001→3002→3003'],
  ],
  'each process opens two ports': [
    soon(climb(3).map((actor, at) => ({ ...actor, ports: [3000 + at, 9000 + at] }))),
    LADDER,
  ],
  'the starter tells each process its port': [soon(climb(3).map(told)), LADDER],
  'all are told the same port, and take others': [soon(climb(3, { is: { toldPorts: [3000] } })), LADDER],
  'each is told a port for its metrics, and finds its own': [
    soon(climb(3).map((actor, at) => ({ ...actor, ports: [2112 + at, 3000 + at], is: { toldPorts: [2112 + at] } }))),
    LADDER,
  ],
  'in a login session it is a warning': [
    soon(climb(3, { is: { scope: 'session', unit: 'session-4.scope' } })),
    ['ladder warning 3000→3001→3002'],
  ],
  'clients have been at every rung since the newest started: a warning': [
    soon(climb(3, { shows: () => ({ connections: connected(2) }) })),
    ['ladder warning 3000→3001→3002'],
  ],
  'clients were at the old ones before the newest started': [
    soon(
      climb(3).map((actor, at) => ({
        ...actor,
        shows: (second: number) => ({ connections: connected(at === 2 || second < 480 ? 2 : 0) }),
      })),
    ),
    LADDER,
  ],
  'clients are at the old ones only': [
    soon(climb(3).map((actor, at) => ({ ...actor, shows: () => ({ connections: connected(at < 2 ? 5 : 0) }) }))),
    LADDER,
  ],
  'clients are at those that are left, and one rung is gone': [
    soon(
      climb(3, { shows: () => ({ connections: connected(2) }) }).map((actor, at) =>
        at === 1 ? { ...actor, to: 481 } : actor,
      ),
    ),
    LADDER,
  ],
  'a supervisor is the parent of all': [soon(climb(3, { is: { parentPid: 50, ancestors: [50] } })), LADDER],
};

suite('ladder fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(judged(day)), expected));
  }
});

const SILENT: Readonly<Record<string, Day>> = {
  'one process opens many ports': soon([{ pid: 100, from: 0, ports: [3000, 3001, 3002, 3003] }]),
  'it is one batch': soon(climb(3, { every: 4 })),
  'services of several processes are restarted in turn': soon([
    ...climb(3, { every: 1, to: 2000 }),
    ...climb(3, { every: 6 }).map((actor) => ({ ...actor, pid: actor.pid + 100, from: actor.from + 2001 })),
  ]),
  'they are ports forwarded by logins': soon(climb(3, { is: { program: 'sshd', programKey: 'sshd /usr/sbin/sshd' } })),
  'told ones that stand for long': {
    ...soon(climb(3).map(told)),
    until: 480 + 3600 + 60,
    agentFrom: 480 + 3600,
  },
  'told ones follow each other, and none stays': soon([
    ...climb(3).map((actor) => ({ ...told(actor), to: actor.from + 200 })),
    told(climb(4)[3]!),
  ]),
  'the newest is where it was told': soon([...climb(2), told(climb(3)[2]!)]),
  'the ports are eleven apart': { ...soon(climb(3, { step: 11 })), agentFrom: 481 },
  'two told ones stand side by side': soon(climb(2).map(told)),
  'each is on another specific address': soon(
    climb(3).map((actor, at) => ({ ...actor, ports: [[`10.0.0.${at + 1}`, 3000 + at]] })),
  ),
  'they are different programs': soon(
    climb(3).map((actor, at) => ({ ...actor, is: { programKey: `node /srv/${at}.js` } })),
  ),
  'workers share one socket': soon(climb(3).map((actor) => ({ ...actor, ports: [3000], socket: 'shared' }))),
  'they share one port by SO_REUSEPORT, children of one parent': soon(
    climb(3, { ports: [3000], is: { parentPid: 50, ancestors: [50] } }),
  ),
};

suite('ladder is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});

test('ports taken in another order are no ladder', () => {
  const actors = [3001, 3000, 3002].map((port, at): Actor => ({ pid: 100 + at, from: at * 240, ports: [port] }));
  assert.deepEqual(said(judged({ ...soon(actors), agentFrom: 481 })), ['drift critical 3001']);
});

suite('a ladder', () => {
  test('tells its rungs, its pace and where the next one will be', () => {
    const { details } = ladderIn(soon(climb(5)));
    assert.deepEqual(details, {
      home: { address: '127.0.0.1', port: 3000, source: 'here', support: null },
      ports: [3000, 3001, 3002, 3003, 3004],
      pids: [100, 101, 102, 103, 104],
      paceSeconds: 240,
      nextPort: 3005,
      nextAt: timeOf(5 * 240),
    });
  });

  test('names each process left behind, since when', () => {
    assert.deepEqual(
      ladderIn(soon(climb(3))).causes.map(({ kind, cause, port, pid, since }) => [kind, cause, port, pid, since]),
      [
        ['stale-holder', 'ignored-sigterm', 3000, 100, timeOf(240)],
        ['stale-holder', 'ignored-sigterm', 3001, 101, timeOf(480)],
      ],
    );
  });

  test('is told by its starter where each command line names another port', () => {
    const [first] = ladderIn(soon(climb(3).map(told))).causes;
    assert.deepEqual([first?.kind, first?.cause], ['ladder', 'told-by-starter']);
  });

  test('began when the second port was taken, and keeps its id and times while it climbs', () => {
    const [early, late] = [ladderIn(soon(climb(3))), ladderIn(soon(climb(9)))];
    assert.deepEqual([early.since, early.detectedAt], [timeOf(240), timeOf(240)]);
    assert.deepEqual([late.id, late.since, late.detectedAt], [early.id, early.since, early.detectedAt]);
  });

  test('is the drift it began as, and stays one finding when it climbs no more', () => {
    const [drift] = judged(soon(climb(2)));
    const climbs = ladderIn(soon(climb(3)));
    const [pauses] = judged({ ...soon(climb(3)), until: 480 + 3 * 3600 });
    assert.deepEqual([drift?.kind, pauses?.kind], ['drift', 'drift']);
    assert.deepEqual([climbs.id, climbs.since], [drift?.id, drift?.since]);
    assert.deepEqual([pauses?.id, pauses?.since], [drift?.id, drift?.since]);
  });

  test('ends when the process in charge is home again', () => {
    const ended = climb(3).map((actor) => ({ ...actor, to: 600 }));
    assert.deepEqual(said(judged(soon([...ended, { pid: 300, from: 601, ports: [3000] }]))), []);
  });

  test('ends when nothing of the program listens', () => {
    assert.deepEqual(said(judged({ actors: climb(3).map((actor) => ({ ...actor, to: 600 })), until: 601 })), []);
  });

  test('of a hundred rungs lists the newest hundred and stays one finding', () => {
    const { details, causes } = ladderIn({ ...soon(climb(130, { every: 20 })), agentFrom: 2570 });
    assert.deepEqual([details.ports.length, details.ports.at(-1), causes.length <= 130], [100, 3129, true]);
  });
});
