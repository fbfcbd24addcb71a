import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Holder, PushedListener } from '@portlight/agent/contract';
import { drift, full, holder, listener, snapshot } from '../../test/bodies.ts';
import { afterFull } from '../ingest/machine-state.ts';
import type { KeptFleetHome, Sighting } from '../store/expectation-store.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import { sightingsOf } from './sightings.ts';

const DAY_MS = 86_400_000;
const SEEN_AT = Date.parse('2026-11-23T16:00:00.000Z');
const AGENT_STARTED = Date.parse('2026-11-23T15:00:00.000Z');
const OPENED_AT = '2026-11-23T15:30:00.000Z';
const KEY = 'node:server.js';

interface Shape {
  readonly listeners?: readonly PushedListener[];
  readonly processes?: readonly Holder[];
  readonly findings?: readonly Finding[];
}

function machine({ listeners = [listener()], processes = [holder()], findings = [] }: Shape = {}): JudgedMachine {
  const push = full({ snapshot: snapshot({ listeners, findings }), processes });
  const seen = { hostId: push.hostId, at: SEEN_AT, clockOffsetMs: 0, aliveEverySeconds: 15 };
  return { ...afterFull(null, push, { at: SEEN_AT, address: null }), findings, seen };
}

function sighting(changes: Partial<Sighting> = {}): Sighting {
  const place = { address: '127.0.0.1', port: 3000 };
  return { programKey: KEY, program: 'node', ...place, steadySince: AGENT_STARTED, seenAt: SEEN_AT, ...changes };
}

const home: KeptFleetHome = {
  ...{ programKey: KEY, program: 'node', address: '127.0.0.1', port: 3000 },
  ...{ machines: 9, of: 10, since: 0 },
};
const noHomes = () => [];
const aHome = () => [home];

test('a program is sighted where it listens, as old as its socket, or as the agent where that is not known', () => {
  const listeners = [listener(), listener({ port: 3001, inode: '90002', openedAt: OPENED_AT })];
  assert.deepEqual(sightingsOf(machine({ listeners }), [], noHomes), [
    sighting(),
    sighting({ port: 3001, steadySince: Date.parse(OPENED_AT) }),
  ]);
});

const LEFT_OUT: readonly (readonly [string, Partial<PushedListener>])[] = [
  ['UDP', { protocol: 'udp' }],
  ['another network namespace', { isHostNamespace: false }],
  ['an ephemeral port', { port: 40_000 }],
  ['a socket without a known holder', { holders: [], holdersUnknown: 'denied' }],
  ['an address that is none', { address: 'localhost' }],
];

test('a program without a name has no place', () => {
  assert.deepEqual(sightingsOf(machine({ processes: [holder({ programKey: '' })] }), [], noHomes), []);
});

for (const [what, changes] of LEFT_OUT) {
  test(`${what} is no place`, () => {
    assert.deepEqual(sightingsOf(machine({ listeners: [listener(changes)] }), [], noHomes), []);
  });
}

test('sockets that share a place are one place, and of several holders the oldest says whose it is', () => {
  const listeners = [listener({ holders: [0, 1] }), listener({ inode: '90002', holders: [1] })];
  const processes = [holder(), holder({ pid: 4712, programKey: KEY })];
  assert.deepEqual(sightingsOf(machine({ listeners, processes }), [], noHomes), [sighting()]);
});

test('with an open finding the place is the one before it', () => {
  const before = [sighting({ seenAt: 5 })];
  const off = machine({ listeners: [listener({ port: 3001 })], findings: [drift()] });
  assert.deepEqual(sightingsOf(off, before, noHomes), before);
  const another = machine({ listeners: [listener({ port: 3001 })], findings: [drift({ programKey: 'another' })] });
  assert.deepEqual(
    sightingsOf(another, before, noHomes).map(({ port }) => port),
    [3001],
  );
});

test('a program that does not run is remembered where it was', () => {
  const before = [sighting({ programKey: 'nginx:', port: 80, seenAt: 5 })];
  assert.deepEqual(sightingsOf(machine(), before, noHomes), [...before, sighting()]);
});

test('a restart keeps the age of a place, and a day passes before it is written again', () => {
  const listeners = [listener({ openedAt: OPENED_AT })];
  const before = [sighting({ steadySince: 1_000, seenAt: SEEN_AT - DAY_MS + 1 })];
  assert.deepEqual(sightingsOf(machine({ listeners }), before, noHomes), before);
  const older = [sighting({ steadySince: 1_000, seenAt: SEEN_AT - DAY_MS })];
  assert.deepEqual(sightingsOf(machine({ listeners }), older, noHomes), [sighting({ steadySince: 1_000 })]);
});

test('a place is not steady while another program has the fleet’s home', () => {
  const elsewhere = listener({ port: 4000, inode: '90002', openedAt: OPENED_AT });
  const other = holder({ pid: 4712, programKey: 'python:other', program: 'python3' });
  const steadyOf = (listeners: readonly PushedListener[], before: readonly Sighting[] = []) =>
    sightingsOf(machine({ listeners, processes: [holder(), other] }), before, aHome).find(({ port }) => port === 4000)
      ?.steadySince;
  assert.equal(steadyOf([elsewhere, listener({ holders: [1] })]), SEEN_AT);
  assert.equal(steadyOf([elsewhere]), Date.parse(OPENED_AT));
  // It is on its home as well: nothing was left.
  assert.equal(steadyOf([elsewhere, listener()]), Date.parse(OPENED_AT));
  // Since the home is free it counts from then.
  assert.equal(steadyOf([elsewhere], [sighting({ port: 4000, steadySince: SEEN_AT - 5 })]), SEEN_AT - 5);
});

test('a declared place is steady from the start, and only as long as it is declared', () => {
  const declared = sightingsOf(machine({ listeners: [listener({ service: 'web' })] }), [], noHomes);
  assert.deepEqual(declared, [sighting({ steadySince: 0 })]);
  assert.deepEqual(sightingsOf(machine(), declared, noHomes), [sighting()]);
});
