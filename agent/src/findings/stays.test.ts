import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Listener } from '../contract.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { NO_HISTORY, remember, type History } from './stays.ts';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const see = (history: History, minute: number, listeners: readonly Listener[]) =>
  remember(history, { ...snapshot(listeners), takenAt: new Date(NOON + minute * 60_000).toISOString() });

test('what ended is remembered for an hour', () => {
  const seen = see(NO_HISTORY, 0, [listener()]);
  const ended = see(seen, 1, []);
  assert.deepEqual(
    [...ended.stays.values()].map(({ endedAt }) => endedAt),
    [NOON + 60_000],
  );
  assert.equal(see(ended, 60, []).stays.size, 1);
  assert.equal(see(ended, 61, []).stays.size, 0);
});

test('of ten thousand that ended at once two thousand are remembered', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => listener({ inode: String(at + 1), port: 1024 + at }));
  assert.equal(see(see(NO_HISTORY, 0, many), 1, []).stays.size, 2_000);
});

test('a socket belongs to the program that was seen to open it, and is abandoned when that is gone from it', () => {
  const sleep = holder({ pid: 2, startTicks: 9000, program: 'sleep', programKey: 'sleep /bin/sleep' });
  const both = see(NO_HISTORY, 0, [listener({ holders: [holder(), sleep] })]);
  const alone = see(both, 1, [listener({ holders: [sleep] })]);
  const later = see(alone, 2, [listener({ holders: [sleep] })]);
  const stories = [both, alone, later].map(({ sockets }) => [...sockets.values()][0]);
  assert.deepEqual(
    stories.map((story) => story?.abandonedAt),
    [null, NOON + 60_000, NOON + 60_000],
  );
  assert.deepEqual(new Set(stories.map((story) => story?.owner)), new Set(['node /srv/web/server.js']));
});

test('exec makes the socket that of the new program', () => {
  const before = see(NO_HISTORY, 0, [listener()]);
  const after = see(before, 1, [listener({ holders: [holder({ programKey: 'java /srv/other.jar' })] })]);
  assert.deepEqual(
    [...after.sockets.values()].map(({ owner, abandonedAt }) => [owner, abandonedAt]),
    [['java /srv/other.jar', null]],
  );
});
