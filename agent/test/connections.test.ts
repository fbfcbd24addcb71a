import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { type Connections } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { cannotUnshare, namespaceProgram } from './namespaces/programs.ts';

const skip = cannotUnshare || (spawnSync('ss', ['--version']).error !== undefined && 'needs ss (iproute2)');

type State = keyof Connections;

/** `ESTAB 0 0 127.0.0.1:3000 127.0.0.1:40000 ino:0 sk:1`, grouped by local port and by what the contract calls it. */
function countsOfSs(pid: number): Record<number, Connections> {
  const rows = execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, 'ss', '-Htane'], { encoding: 'utf8' }).split('\n');
  const counts: Record<number, Connections> = {};
  for (const text of rows.filter((line) => line !== '')) {
    const [state = '', , , local = ''] = text.split(/ +/);
    const port = Number(local.slice(local.lastIndexOf(':') + 1));
    const kinds = kindsOf(state, / ino:[1-9]/.test(text));
    if (kinds.length === 0) continue;
    const none: Connections = { established: 0, unaccepted: 0, synReceived: 0, closeWait: 0, finWait: 0, timeWait: 0 };
    const before: Connections = counts[port] ?? none;
    counts[port] = { ...before, ...Object.fromEntries(kinds.map((kind) => [kind, (before[kind] ?? 0) + 1])) };
  }
  return counts;
}

function kindsOf(state: string, hasInode: boolean): readonly State[] {
  if (state === 'ESTAB') return [hasInode ? 'established' : 'unaccepted'];
  if (state === 'CLOSE-WAIT') return hasInode ? ['closeWait'] : ['unaccepted', 'givenUp'];
  if (state === 'SYN-RECV') return ['synReceived'];
  if (state === 'TIME-WAIT') return ['timeWait'];
  return state.startsWith('FIN-WAIT-') ? ['finWait'] : [];
}

test(
  'connections of each listener are those of ss, state by state, in a namespace where nothing else happens',
  { skip },
  async (t) => {
    const { pid } = await namespaceProgram(t, 'traffic.py');
    const namespace = /\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0];

    const expected = countsOfSs(pid);
    const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
    const { listeners } = scanner.scan(new Date());
    assert.deepEqual(countsOfSs(pid), expected, 'the namespace is quiet');

    const inside = listeners.filter(({ networkNamespace }) => networkNamespace === namespace);
    const seen = Object.fromEntries(inside.map(({ port, connections }) => [port, connections]));
    assert.deepEqual(Object.keys(seen), ['3000', '3001', '3002', '3003']);
    assert.deepEqual(seen, Object.fromEntries(Object.keys(seen).map((port) => [port, expected[Number(port)]])));
    assert.deepEqual(expected[3000], {
      established: 3,
      unaccepted: 3,
      synReceived: 0,
      closeWait: 0,
      finWait: 0,
      timeWait: 0,
      givenUp: 1,
    });
    assert.deepEqual(expected[3002], {
      established: 4,
      unaccepted: 2,
      synReceived: 0,
      closeWait: 0,
      finWait: 0,
      timeWait: 4,
    });
    assert.deepEqual(
      inside.map(({ isHostNamespace, exposure }) => [isHostNamespace, exposure]),
      [
        [false, 'loopback'],
        [false, 'any'],
        [false, 'any'],
        [false, 'loopback'],
      ],
    );
    assert.deepEqual(
      inside.map(({ acceptQueue }) => acceptQueue),
      [3, 0, 2, 2],
    );
  },
);
