import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DENIED, GONE } from '../../test/altered-root.ts';
import { at, ETC, FIXTURES, MACHINE, pidsOf, scannerOf, scanOnce, START } from '../../test/scanned-machine.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { createFullScanner } from './full-scanner.ts';

test('every listener of every namespace is listed in order, with all its holders or why there are none', () => {
  const rows = scanOnce().listeners.map((one) => [
    one.protocol,
    one.address,
    one.port,
    one.exposure,
    one.isHostNamespace,
    one.dualStack,
    pidsOf(one).join(' '),
    one.holdersUnknown,
  ]);
  assert.deepEqual(rows, [
    ['tcp', '::', 80, 'any', true, true, '500', null],
    ['tcp', '0.0.0.0', 111, 'any', true, null, '1 200', null],
    ['tcp', '127.0.0.1', 3000, 'loopback', true, null, '300 301', null],
    ['udp', '0.0.0.0', 4789, 'any', true, null, '', 'kernel'],
    ['tcp', '0.0.0.0', 8080, 'any', true, null, '350', null],
    ['tcp', '::', 8080, 'any', true, false, '350', null],
    ['tcp', '::ffff:127.0.0.1', 8081, 'loopback', true, null, '350', null],
    ['tcp', '127.0.0.1', 3000, 'loopback', false, null, '400', null],
  ]);
});

test('a process whose first thread has ended is the program it was', () => {
  const scan = scannerOf();
  const [before] = at(scan(0), '127.0.0.1', 3000).holders;
  const stat = MACHINE.bytes('300/stat');
  assert.ok(stat.kind === 'bytes');
  const zombie = stat.bytes.toString().replace(') S ', ') Z ');
  const dying = { bytes: { '300/stat': zombie, '300/cmdline': '' }, links: { '300/exe': GONE } };
  assert.deepEqual(at(scan(1, dying), '127.0.0.1', 3000).holders[0], before);
});

test('a process that ends and has lost its memory is the program it was', () => {
  const scan = scannerOf();
  const [before] = at(scan(0), '127.0.0.1', 3000).holders;
  const ending = { bytes: { '300/cmdline': '' }, links: { '300/exe': GONE } };
  assert.deepEqual(at(scan(1, ending), '127.0.0.1', 3000).holders[0], before);
});

test('a listener and its holder have every fact, and no secret', () => {
  const { holders, ...listener } = at(scanOnce(), '127.0.0.1', 3000);
  assert.deepEqual(listener, {
    protocol: 'tcp',
    family: 'ipv4',
    address: '127.0.0.1',
    port: 3000,
    exposure: 'loopback',
    inode: '5002',
    networkNamespace: '4026531833',
    isHostNamespace: true,
    uid: 33,
    user: 'www-data',
    dualStack: null,
    openedAt: null,
    acceptQueue: 3,
    acceptQueueLimit: 4096,
    acceptQueueStuckSince: null,
    connections: { established: 0, unaccepted: 1, synReceived: 0, closeWait: 0, finWait: 0, timeWait: 0 },
    holdersOmitted: 0,
    holdersUnknown: null,
    service: null,
  });
  assert.deepEqual(holders[0], {
    pid: 300,
    startedAt: '2025-11-23T12:28:20.000Z',
    startTicks: 90000,
    program: 'node',
    executable: '/usr/bin/node',
    executableDeleted: true,
    commandLine: ['node', 'server.js', '--port', '3000', '--db-password', '***'],
    parentPid: 1,
    ancestors: [],
    uid: 33,
    user: 'www-data',
    unit: 'shop.service',
    container: null,
    scope: 'system',
    state: 'S',
    fileDescriptors: { open: 3, limit: 1024 },
    programKey: 'node /srv/shop/releases/*/server.js',
    toldPorts: [3000],
  });
});

test('the machine, its limits and what could be seen of it are told', () => {
  const { takenAt, host, kernel, coverage } = scanOnce();
  assert.deepEqual(
    { takenAt, host, kernel, coverage },
    {
      takenAt: '2026-11-23T15:00:00.000Z',
      host: {
        os: 'Ubuntu 20.04.6 LTS',
        kernelVersion: '5.4.0-100-generic',
        bootId: '6a4ce4a0-ba47-11ea-b2a7-0cc47ac5979e',
        bootedAt: '2025-11-23T12:13:20.000Z',
      },
      kernel: {
        ephemeralPorts: [32768, 60999],
        reservedPorts: ['8080', '9000-9100'],
        somaxconn: 4096,
        listenOverflows: 7,
        listenDrops: 9,
        tcpInUse: 7,
        timeWait: 2,
        ephemeralInUse: 0,
        fileHandles: { used: 1024, max: 100000 },
        processes: { used: 345, max: 30000 },
      },
      coverage: {
        processes: 7,
        unreadable: 0,
        namespaces: 2,
        unattributed: 1,
        skippedRows: 1,
        hidepid: false,
        notes: ['1 malformed rows of socket tables were skipped.'],
      },
    },
  );
});

test('a process of a container is told by it, and its backlog ceiling is not ours', () => {
  const inside = scanOnce().listeners.at(-1);
  assert.equal(inside?.acceptQueueLimit, null);
  assert.deepEqual(
    [inside.holders[0]?.scope, inside.holders[0]?.container],
    ['container', { id: 'ab'.repeat(32), runtime: 'docker', pod: null }],
  );
});

test('where processes may not be looked into, rows stay and the missing holders are denied', () => {
  const scan = scanOnce({ lists: { '300/fd': DENIED }, links: { '301/fd/7': DENIED } });
  const { holders, holdersUnknown } = at(scan, '127.0.0.1', 3000);
  assert.deepEqual([holders, holdersUnknown], [[], 'denied']);
  assert.equal(at(scan, '0.0.0.0', 4789).holdersUnknown, 'denied', 'the two processes might hold it');
  assert.deepEqual([scan.coverage.unreadable, scan.coverage.unattributed], [2, 2]);
  assert.match(scan.coverage.notes[0] ?? '', /^2 of 7 processes may not be looked into\. Run the agent as root/);
});

test('a fault that is neither gone nor denied counts as not looked into', () => {
  assert.equal(scanOnce({ lists: { '300/fd': { kind: 'failed', code: 'EMFILE' } } }).coverage.unreadable, 1);
});

test('a process that ended during the scan is neither a holder nor denied', () => {
  const scan = scanOnce({ lists: { '301/fd': GONE }, bytes: { '301/stat': GONE } });
  assert.deepEqual([pidsOf(at(scan, '127.0.0.1', 3000)), scan.coverage.unreadable], [[300], 0]);
});

test('in a pid namespace that does not see all processes, a socket without holder is one of another', () => {
  const scan = scanOnce({ links: { '1/ns/pid': 'pid:[4026532999]' } });
  assert.equal(at(scan, '0.0.0.0', 4789).holdersUnknown, 'other-pid-namespace');
});

test('hidepid makes holders denied where pid 1 is hidden, and only there', () => {
  const mountinfo = { 'self/mountinfo': '23 28 0:22 / /proc rw - proc proc rw,hidepid=2\n' };
  assert.equal(scanOnce({ bytes: mountinfo }).coverage.hidepid, false);
  const scan = scanOnce({ bytes: { ...mountinfo, '1/stat': GONE } });
  assert.deepEqual([scan.coverage.hidepid, at(scan, '0.0.0.0', 4789).holdersUnknown], [true, 'denied']);
});

test("the agent's own namespace is the host's when pid 1's may not be read, and the notes say so", () => {
  const table = MACHINE.bytes('400/net/tcp');
  const scan = scanOnce({
    links: { '1/ns/net': DENIED, 'self/ns/net': 'net:[4026532001]' },
    bytes: { 'self/net/tcp': table.kind === 'bytes' ? table.bytes.toString() : GONE },
  });
  assert.deepEqual(
    scan.listeners.filter((one) => one.isHostNamespace).map(({ port, inode }) => [port, inode]),
    [[3000, '6001']],
  );
  assert.ok(scan.coverage.notes.some((note) => note.startsWith('The network namespace of pid 1 may not be read')));
});

test('an agent in another namespace reads the host by way of pid 1, and not the limits of its own', () => {
  const scan = scanOnce({ links: { 'self/ns/net': 'net:[4026532001]' } });
  assert.equal(at(scan, '127.0.0.1', 3000).acceptQueueLimit, null);
  assert.deepEqual([scan.kernel.somaxconn, scan.kernel.ephemeralPorts, scan.kernel.listenOverflows], [null, null, 7]);
});

test('a table of which the kernel counts no socket is not read, and one without a count is', () => {
  const ipv6 = (sockstat6: string | typeof GONE) =>
    scanOnce({ bytes: { '1/net/sockstat6': sockstat6 } }).listeners.filter(
      ({ protocol, family, isHostNamespace }) => protocol === 'tcp' && family === 'ipv6' && isHostNamespace,
    ).length;
  assert.deepEqual([ipv6('TCP6: inuse 0\n'), ipv6('TCP6: inuse 1\n'), ipv6(GONE)], [0, 3, 3]);
});

test('a machine without IPv6 misses nothing', () => {
  const { listeners, coverage } = scanOnce({
    bytes: { '1/net/tcp6': GONE, '1/net/udp6': GONE, '1/net/sockstat6': GONE },
  });
  assert.deepEqual([listeners.filter(({ family }) => family === 'ipv6'), coverage.notes.length], [[], 1]);
});

test('a table that may not be read is said to be', () => {
  assert.ok(
    scanOnce({ bytes: { '1/net/udp': DENIED } }).coverage.notes.some((note) => note.startsWith('1 socket tables')),
  );
});

test('a namespace whose first process ended is read by way of its next', () => {
  const tables = ['tcp', 'tcp6', 'udp', 'udp6'].map((table) => [`350/net/${table}`, `1/net/${table}`] as const);
  const copied = tables.map(([to, from]) => {
    const read = MACHINE.bytes(from);
    return [to, read.kind === 'bytes' ? read.bytes.toString() : GONE] as const;
  });
  const scan = scanOnce({ bytes: { ...Object.fromEntries(copied), '1/net/tcp': GONE } });
  assert.deepEqual(pidsOf(at(scan, '127.0.0.1', 3000)), [300, 301]);
});

test('a folder that is no /proc makes an empty scan with the remedy', () => {
  const { listeners, coverage } = createFullScanner({
    root: openProcRoot(`${FIXTURES}none`),
    etc: ETC,
    commandLines: true,
  }).scan(new Date(START));
  assert.deepEqual([listeners, coverage.processes], [[], 0]);
  assert.match(coverage.notes[0] ?? '', /--proc-root must be a mounted proc file system/);
});

test('no command line is shown when none is wanted, and programs are named all the same', () => {
  const [holder] = at(scannerOf(false)(0), '127.0.0.1', 3000).holders;
  assert.deepEqual([holder?.commandLine, holder?.programKey], [[], 'node /srv/shop/releases/*/server.js']);
});

test('64 holders are listed, oldest first, and the others counted', () => {
  const heirs = Array.from({ length: 70 }, (_, index) => String(1000 + index));
  const root = {
    ...MACHINE,
    path: '/proc',
    list: (path: string) =>
      path === '.'
        ? { kind: 'names' as const, names: [...heirs, '300'] }
        : MACHINE.list(path.replace(/^1\d{3}\//, '301/')),
    link: (path: string) => MACHINE.link(path.replace(/^1\d{3}\//, '301/')),
    bytes: (path: string) => MACHINE.bytes(path.replace(/^1\d{3}\//, '301/')),
  };
  const listener = at(
    createFullScanner({ root, etc: ETC, commandLines: true }).scan(new Date(START)),
    '127.0.0.1',
    3000,
  );
  assert.deepEqual(
    [listener.holders.length, listener.holdersOmitted, ...pidsOf(listener).slice(0, 3)],
    [64, 7, 300, 1000, 1001],
  );
});
