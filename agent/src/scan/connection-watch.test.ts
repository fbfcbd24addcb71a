import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alteredRoot, type Alterations } from '../../test/altered-root.ts';
import { ETC, MACHINE, START } from '../../test/scanned-machine.ts';
import { loopback, tcpTable, type TableRow } from '../../test/tcp-table.ts';
import { type Connections } from '../contract.ts';
import { createFullScanner } from './full-scanner.ts';
import { type Scan } from './scanner.ts';

const NONE: Connections = { established: 0, unaccepted: 0, synReceived: 0, closeWait: 0, finWait: 0, timeWait: 0 };

/** Scans a machine whose host has these TCP sockets. Each look at the clock finds `costMs` of CPU time gone. */
function scans(costMs = 0): (seconds: number, ipv4: readonly TableRow[], ipv6?: readonly TableRow[]) => Scan {
  let current: Alterations = {};
  let spent = 0;
  const scanner = createFullScanner({
    root: alteredRoot(MACHINE, () => current),
    etc: ETC,
    commandLines: true,
    cpuMs: () => (spent += costMs),
  });
  return (seconds, ipv4, ipv6 = []) => {
    current = { bytes: { '1/net/tcp': tcpTable(ipv4), '1/net/tcp6': tcpTable(ipv6) } };
    return scanner.scan(new Date(START + seconds * 1000));
  };
}

const hostTcp = ({ listeners }: Scan) =>
  listeners.filter(({ isHostNamespace, protocol }) => isHostNamespace && protocol === 'tcp');
const listen = (local: string, inode: number, waiting = 0): TableRow => ({ local, state: '0A', inode, waiting });
const connection = (local: string, state = '01', inode = 9000): TableRow => ({
  local,
  state,
  inode,
  peer: loopback(54321),
});

test('a row of each state counts where the contract says, by its state and whether it has an inode', () => {
  const of = (state: string, inode?: number) => connection(loopback(3000), state, inode ?? 0);
  const rows = ['02', '07', '09', '0B'].map((state) => of(state, 9000));
  const counted = [
    of('01', 9000),
    of('01'),
    of('08', 9000),
    of('08'),
    of('08'),
    of('03'),
    of('0C'),
    of('04', 9000),
    of('05'),
    of('06'),
  ];
  const [listener] = hostTcp(scans()(0, [listen(loopback(3000), 5002), ...counted, ...rows]));
  assert.deepEqual(listener?.connections, {
    established: 1,
    unaccepted: 3,
    synReceived: 2,
    closeWait: 1,
    finWait: 2,
    timeWait: 1,
    givenUp: 2,
  });
});

const MAPPED = '0000000000000000FFFF0000';
const [ANY6, LOOPBACK6, OTHER6] = ['0'.repeat(32), `${'0'.repeat(24)}01000000`, 'B80D0120000000000000000001000000'];
const PLACES: readonly (readonly [string, readonly string[], readonly string[], Readonly<Record<string, number>>])[] = [
  [
    'the very address and port',
    ['0100007F:0BB8'],
    ['0100007F:0BB8', '0200007F:0BB8', '0100007F:0BB9'],
    { '127.0.0.1 3000': 1 },
  ],
  ['a wildcard takes all of IPv4', ['00000000:0BB8'], ['0100007F:0BB8', '0A00020A:0BB8'], { '0.0.0.0 3000': 2 }],
  [
    'the very address before the wildcard',
    ['00000000:0BB8', '0100007F:0BB8'],
    ['0100007F:0BB8', '0200007F:0BB8'],
    { '0.0.0.0 3000': 1, '127.0.0.1 3000': 1 },
  ],
  [
    'a dual-stack wildcard takes both, in whatever table',
    [`${ANY6}:0BB8`],
    ['0100007F:0BB8', `${MAPPED}0100007F:0BB8`, `${LOOPBACK6}:0BB8`],
    { ':: 3000': 3 },
  ],
  [
    'a wildcard beside that of IPv4 takes IPv6 alone',
    [`${ANY6}:0BB8`, '00000000:0BB8'],
    ['0100007F:0BB8', `${OTHER6}:0BB8`, `${LOOPBACK6}:0BB8`],
    { '0.0.0.0 3000': 1, ':: 3000': 2 },
  ],
  [
    'a mapped address takes IPv4',
    [`${MAPPED}0100007F:0BB8`],
    [`${MAPPED}0100007F:0BB8`, `${LOOPBACK6}:0BB8`, '0100007F:0BB8'],
    { '::ffff:127.0.0.1 3000': 2 },
  ],
  [
    'an IPv6 address takes itself',
    [`${OTHER6}:0BB8`],
    [`${OTHER6}:0BB8`, `${LOOPBACK6}:0BB8`],
    { '2001:db8::1 3000': 1 },
  ],
];
for (const [name, listening, connected, expected] of PLACES) {
  test(name, () => {
    const rows = [
      ...listening.map((local, index) => listen(local, 7000 + index)),
      ...connected.map((local) => connection(local)),
    ];
    const isIpv4 = ({ local }: TableRow) => local.indexOf(':') === 8;
    const scan = scans()(
      0,
      rows.filter(isIpv4),
      rows.filter((row) => !isIpv4(row)),
    );
    const counts = hostTcp(scan).map(({ address, port, connections }) => [
      `${address} ${port}`,
      connections?.established,
    ]);
    assert.deepEqual(Object.fromEntries(counts), expected);
  });
}

test('of sockets that share their place the lowest inode has the counts of all, as rows do not tell them apart', () => {
  const twins = [listen(loopback(3000), 10_000), listen(loopback(3000), 9999)];
  const told = hostTcp(scans()(0, [...twins, connection(loopback(3000))])).map(({ inode, connections }) => [
    inode,
    connections,
  ]);
  assert.deepEqual(Object.fromEntries(told), { 9999: { ...NONE, established: 1 }, 10000: null });
});

test('each local port of the ephemeral range counts once, listening or connected', () => {
  const rows = [
    listen(loopback(40_000), 1),
    ...[40_000, 40_001, 60_999, 61_000, 3000].map((port) => connection(loopback(port))),
  ];
  const scan = scans();
  assert.equal(scan(0, [...rows, connection(loopback(40_001), '06', 0)]).kernel.ephemeralInUse, 3);
  assert.equal(scan(1, rows.slice(0, 1)).kernel.ephemeralInUse, 3, 'as last counted');
});

const established = (scan: Scan) => hostTcp(scan)[0]?.connections?.established;

test('what is cheap to count is counted each five seconds, and known in between', () => {
  const scan = scans();
  const table = (count: number) => [
    listen(loopback(3000), 5002),
    ...new Array<TableRow>(count).fill(connection(loopback(3000))),
  ];
  const told = [0, 1, 4, 5, 6, 10].map((second) => established(scan(second, table(second))));
  assert.deepEqual(told, [0, 0, 0, 5, 5, 10]);
});

test('what costs 20 ms is counted each 20 s, what costs 200 ms each minute, and the first count is soon followed by another', () => {
  const table = (count: number) => [
    listen(loopback(3000), 5002),
    ...new Array<TableRow>(count).fill(connection(loopback(3000))),
  ];
  const seconds = Array.from({ length: 121 }, (_, second) => second);
  const counts = (costMs: number) => {
    const scan = scans(costMs);
    return [...new Set(seconds.map((second) => established(scan(second, table(second)))))];
  };
  assert.deepEqual(
    [counts(20), counts(200)],
    [
      [0, 5, 25, 45, 65, 85, 105],
      [0, 5, 65],
    ],
  );
});

test('a listener that came between two counts has none until the next', () => {
  const scan = scans();
  scan(0, []);
  const rows = [listen(loopback(3000), 5002), connection(loopback(3000))];
  assert.deepEqual([established(scan(1, rows)), established(scan(5, rows))], [undefined, 1]);
});

/** A listener with these peers in its queue, by their ports. */
const queue = (...peers: readonly number[]): TableRow[] => [
  listen(loopback(3000), 5002, peers.length),
  ...peers.map((port) => ({ local: loopback(3000), peer: loopback(port), state: port % 2 === 0 ? '01' : '08' })),
];
const stuckSince = (scan: Scan) => {
  const since = hostTcp(scan)[0]?.acceptQueueStuckSince ?? null;
  return since === null ? null : (Date.parse(since) - START) / 1000;
};

test('a short queue that stands still is stuck since its peers were first seen, until it moves', () => {
  const scan = scans();
  const still = Array.from({ length: 7 }, (_, second) => stuckSince(scan(second, queue(50_000, 50_001))));
  assert.deepEqual(still, [null, null, null, 0, 0, 0, 0]);
  assert.deepEqual(hostTcp(scan(7, queue(50_000, 50_001)))[0]?.connections, { ...NONE, unaccepted: 2, givenUp: 1 });
  const moving = [7, 8, 9].map((second) => stuckSince(scan(second, queue(50_001))));
  assert.deepEqual(moving, [0, null, null]);
  assert.equal(stuckSince(scan(10, queue())), null);
});

test('a queue that empties is stuck no more at once', () => {
  const scan = scans();
  const told = [0, 1, 2, 3, 4].map((second) => stuckSince(scan(second, queue(50_000))));
  assert.deepEqual([told.at(-1), stuckSince(scan(5, queue())), stuckSince(scan(6, queue(50_000)))], [0, null, null]);
});

test('a full queue that moves is never stuck', () => {
  const scan = scans();
  const peers = (second: number) => Array.from({ length: 128 }, (_, index) => 40_000 + second + index);
  for (let second = 0; second < 30; second++) assert.equal(stuckSince(scan(second, queue(...peers(second)))), null);
});

test('where reading costs 50 ms, a queue is looked after each five seconds: a hundredth of a core', () => {
  const scan = scans(50);
  const told = Array.from({ length: 12 }, (_, second) => stuckSince(scan(second, queue(50_000))));
  assert.deepEqual(told, [null, null, null, null, null, 0, 0, 0, 0, 0, 0, 0]);
});

const SECOND_QUEUES: readonly (readonly [costMs: number, since: number, says: string])[] = [
  [0, 8, 'is looked after at once'],
  [50, 11, 'is looked after when it is there for two looks, and five seconds after the last reading'],
];

for (const [costMs, since, says] of SECOND_QUEUES) {
  test(`where reading costs ${costMs} ms, another queue ${says}`, () => {
    const scan = scans(costMs);
    // All is counted at 0 and 5, and where that is dear not again for 50 s.
    for (const second of [0, 1, 2, 3, 4, 5, 6, 7]) scan(second, queue(...(second === 6 ? [50_000] : [])));
    const told = Array.from({ length: 12 }, (_, at) => stuckSince(scan(8 + at, queue(50_002))));
    assert.equal(told.at(-1), since);
  });
}
