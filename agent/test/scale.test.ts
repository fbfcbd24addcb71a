/** Machines of a size that is rare, and rights that go away: the scan is right all the same, and never throws. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ProcRoot, openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { alteredRoot, GONE, type Alterations } from './altered-root.ts';
import { cannotUnshare, namespaceProgram } from './namespaces/programs.ts';
import type { Seen } from './scans-as-nobody.ts';
import { ETC, MACHINE, START } from './scanned-machine.ts';
import { loopback, tcpTable, type TableRow } from './tcp-table.ts';

const realScanner = () =>
  createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
const namespaceOf = (pid: number | string) => /\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0];
const fewFiles =
  Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' })) < 10_100 && 'needs 10,100 files';

test(
  'each of 10,000 listeners has its holder, and they are no event when nothing happens',
  { skip: cannotUnshare || fewFiles },
  async (t) => {
    const { pid } = await namespaceProgram(t, 'listeners.py', '10000');
    const inside = namespaceOf(pid);
    const scanner = realScanner();
    for (const look of [0, 1]) {
      const { listeners } = scanner.scan(new Date(START + look * 1000));
      const found = listeners.filter(({ networkNamespace }) => networkNamespace === inside);
      assert.equal(found.length, 10_000);
      assert.equal(new Set(found.map(({ port }) => port)).size, 10_000);
      const wrong = found.filter(
        ({ holders, openedAt }) => holders[0]?.pid !== pid || holders.length !== 1 || openedAt !== null,
      );
      assert.deepEqual(wrong, []);
    }
  },
);

test(
  '200 network namespaces: each with its own listener and connection, and no descriptor of one is kept',
  { skip: cannotUnshare },
  async (t) => {
    const { pid } = await namespaceProgram(t, 'many.py', '200');
    const scan = realScanner().scan(new Date());
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const inside = new Set(children.map(namespaceOf));
    assert.equal(inside.size, 200);
    const found = scan.listeners.filter(({ networkNamespace }) => inside.has(networkNamespace));
    assert.equal(found.length, 200);
    assert.deepEqual(new Set(found.map(({ networkNamespace }) => networkNamespace)), inside);
    const facts = found.map((one) => [
      one.exposure,
      one.isHostNamespace,
      one.holders.length,
      one.connections?.established,
    ]);
    assert.deepEqual(new Set(facts.map(String)), new Set(['loopback,false,1,1']));
    assert.ok(scan.coverage.namespaces >= 201);
    const kept = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    assert.deepEqual(
      kept.filter((target) => /net:|\/net\//.test(target)),
      [],
    );
  },
);

const CONNECTIONS = 100_000;
const listen = (port: number, inode: number): TableRow => ({ local: loopback(port), state: '0A', inode });

/** A root that knows how much of its tables was taken. */
function weighed(root: ProcRoot): { root: ProcRoot; bytes: () => number } {
  let bytes = 0;
  const lines: ProcRoot['lines'] = (path, take) =>
    root.lines(path, (piece) => {
      bytes += piece.length;
      return take(piece);
    });
  return { root: { ...root, lines }, bytes: () => bytes };
}

test('100,000 connections are counted by listener, and a look between two counts does not read them', (t) => {
  const rows = Array.from({ length: CONNECTIONS }, (_, at): TableRow => ({
    local: loopback(at % 10 === 0 ? 3001 : 3000),
    peer: `0A00000A:${((at % 64_000) + 1024).toString(16).toUpperCase().padStart(4, '0')}`,
    state: at % 4 === 0 ? '08' : '01',
    inode: at % 100 === 1 ? 0 : at + 10_000,
  }));
  const folder = mkdtempSync(join(tmpdir(), 'portlight-table-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'tcp'), tcpTable([listen(3000, 5002), listen(3001, 5003), ...rows]));
  const table = openProcRoot(folder);
  const machine: ProcRoot = {
    ...MACHINE,
    lines: (path, take) => (path === '1/net/tcp' ? table.lines('tcp', take) : MACHINE.lines(path, take)),
  };
  const { root, bytes } = weighed(machine);
  const scanner = createFullScanner({ root, etc: ETC, commandLines: true });
  const look = (seconds: number) => {
    const before = bytes();
    const { listeners } = scanner.scan(new Date(START + seconds * 1000));
    const found = listeners.filter(({ port, isHostNamespace }) => [3000, 3001].includes(port) && isHostNamespace);
    return { counts: found.map(({ connections }) => connections), read: bytes() - before };
  };
  const nothingElse = { synReceived: 0, finWait: 0, timeWait: 0 };
  const [first, second] = [look(0), look(1)];
  assert.deepEqual(first.counts, [
    { established: 69_000, unaccepted: 1000, closeWait: 20_000, ...nothingElse },
    { established: 5000, unaccepted: 0, closeWait: 5000, ...nothingElse },
  ]);
  assert.deepEqual(second.counts, first.counts);
  assert.ok(first.read > CONNECTIONS * 150 && second.read < 1024 * 1024, `${first.read} and ${second.read} bytes`);
});

test('5,000 processes in 200 namespaces: all listeners are found, whichever process of a namespace still lives', () => {
  const pids = Array.from({ length: 5000 }, (_, at) => String(at + 1000));
  const bytes: Record<string, string | typeof GONE> = {};
  const links: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = { '.': ['1', 'self', 'net', ...pids] };
  pids.forEach((pid, at) => {
    const number = at % 200;
    const lives = at >= 1000;
    links[`${pid}/ns/net`] = `net:[${4_026_540_000 + number}]`;
    links[`${pid}/fd/3`] = `socket:[${70_000 + number}]`;
    lists[`${pid}/fd`] = lives ? ['3'] : [];
    bytes[`${pid}/net/tcp`] = lives ? tcpTable([listen(3000, 70_000 + number)]) : GONE;
    bytes[`${pid}/net/tcp6`] = GONE;
  });
  const alterations: Alterations = { bytes, links, lists };
  const root = alteredRoot(MACHINE, () => alterations);
  const { listeners, coverage } = createFullScanner({ root, etc: ETC, commandLines: true }).scan(new Date(START));
  const found = listeners.filter(({ port, isHostNamespace }) => port === 3000 && !isHostNamespace);
  assert.equal(found.length, 200);
  assert.deepEqual(new Set(found.map(({ holders }) => holders.length)), new Set([20]));
  assert.deepEqual([coverage.processes, coverage.namespaces], [5001, 201]);
});

test(
  'capabilities lost while running: holders become denied, rows and counts stay, and the coverage says why',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    t.after(() => client.destroy());
    await once(server, 'connection');

    const program = fileURLToPath(new URL('scans-as-nobody.ts', import.meta.url));
    const output = execFileSync(process.execPath, [program, String(port)], { encoding: 'utf8' });
    const [before, lost, later] = JSON.parse(output) as Seen[];
    assert.deepEqual([before?.pids, before?.holdersUnknown, before?.established], [[process.pid], null, 1]);
    for (const after of [lost, later]) {
      assert.deepEqual([after?.pids, after?.holdersUnknown, after?.established], [[], 'denied', 1]);
      assert.ok(Number(after?.unreadable) > 0);
      assert.match(String(after?.notes), /may not be looked into\. Run the agent as root/);
    }
  },
);
