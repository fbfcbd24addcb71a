import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Kernel, Snapshot } from '../contract.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { Trends, usageOf } from './trends.ts';

const START = Date.parse('2026-11-23T00:00:00.000Z');
const minuteText = (minute: number) => new Date(START + minute * 60_000).toISOString();
const { kernel } = snapshot([]);

const look = (minute: number, open: number, changes: Partial<Snapshot> = {}): Snapshot =>
  snapshot([listener({ holders: [holder({ fileDescriptors: { open, limit: 1024 } })] })], {
    takenAt: minuteText(minute),
    ...changes,
  });

function watched(minutes: number, used: (minute: number) => number, trends = new Trends()): Trends {
  for (let minute = 0; minute < minutes; minute++) trends.observe(look(minute, used(minute)));
  return trends;
}

test('descriptors of a process are watched once a look, however many sockets it holds', () => {
  const trends = new Trends();
  const holders = [holder({ fileDescriptors: { open: 20, limit: 1024 } })];
  const busy = [holder({ fileDescriptors: { open: 90, limit: 1024 } })];
  for (const second of [0, 5, 10, 60]) {
    const takenAt = new Date(START + second * 1000).toISOString();
    const sockets = [1, 2, 3].map((at) =>
      listener({ inode: String(at), port: at, holders: second === 5 ? busy : holders }),
    );
    trends.observe(snapshot(sockets, { takenAt }));
  }
  // 90 counts once of three, not three times of nine.
  assert.deepEqual(
    trends.ofProcess(holder())?.readings.map(({ used }) => used),
    [20],
  );
});

suite('the trend of a process begins anew', () => {
  for (const [when, changes] of Object.entries({
    'when its pid is another process': { startTicks: 9 },
    'when it became another program': { programKey: 'sleep /bin/sleep' },
  })) {
    test(when, () => {
      const trends = watched(10, () => 20);
      const other = holder({ ...changes, fileDescriptors: { open: 20, limit: 1024 } });
      for (const minute of [10, 11])
        trends.observe(snapshot([listener({ holders: [other] })], { takenAt: minuteText(minute) }));
      assert.equal(trends.ofProcess(holder()), null);
      assert.equal(trends.ofProcess(other)?.readings.length, 1);
    });
  }
});

test('a process that is gone is forgotten', () => {
  const trends = watched(10, () => 20);
  trends.observe(snapshot([], { takenAt: minuteText(14) }));
  assert.equal(trends.ofProcess(holder()), null);
});

suite('no trend has', () => {
  for (const [what, listeners] of Object.entries({
    'a process without a limit': [listener({ holders: [holder({ fileDescriptors: { open: 20, limit: null } })] })],
    'a process that may not be looked into': [listener({ holders: [holder({ fileDescriptors: null })] })],
    'a holder of datagrams': [listener({ protocol: 'udp' })],
  })) {
    test(what, () => {
      const trends = new Trends();
      for (const minute of [0, 1, 2]) trends.observe(snapshot(listeners, { takenAt: minuteText(minute) }));
      assert.equal(trends.ofProcess(holder()), null);
    });
  }
});

test('of very many processes those nearest to their limits are watched', () => {
  const trends = new Trends();
  const holders = Array.from({ length: 1_200 }, (_, at) =>
    holder({ pid: 100 + at, fileDescriptors: { open: at, limit: 2000 } }),
  );
  const listeners = holders.map((one, at) => listener({ inode: String(at), port: 1024 + at, holders: [one] }));
  for (const minute of [0, 1, 2]) trends.observe(snapshot(listeners, { takenAt: minuteText(minute) }));
  const known = holders.filter((one) => trends.ofProcess(one) !== null).map(({ pid }) => pid);
  assert.deepEqual([known.length, Math.min(...known)], [1_000, 300]);
});

test("the machine's numbers are watched, as far as they are known", () => {
  const trends = new Trends();
  for (let minute = 0; minute < 40; minute++) {
    const fileHandles = { used: 1_000 + 10 * minute, max: 9_000 };
    trends.observe(look(minute, 20, { kernel: { ...kernel, fileHandles, processes: null } }));
  }
  assert.equal(Math.round(trends.of('file-handles').slope.perMinute), 10);
  assert.equal(trends.of('processes').readings.length, 0);
  assert.equal(trends.of('ephemeral-ports').readings.length, 0);
});

const PORTS: Readonly<Record<string, readonly [Partial<Kernel>, unknown]>> = {
  'all of the range': [{}, { used: 50, max: 28_232 }],
  'without those reserved in it': [
    { reservedPorts: ['8080', '33000', '40000-40099', '60990-61010'] },
    { used: 50, max: 28_121 },
  ],
  'unknown when they were not counted yet': [{ ephemeralInUse: null }, null],
  'unknown without a range': [{ ephemeralPorts: null }, null],
};

suite('local ports:', () => {
  for (const [what, [changes, expected]] of Object.entries(PORTS)) {
    test(what, () =>
      assert.deepEqual(usageOf('ephemeral-ports', { ...kernel, ephemeralInUse: 50, ...changes }), expected),
    );
  }
});

test('the most of each hour is known a day later, also to the next agent', () => {
  const trends = watched(24 * 60 + 30, (minute) => (minute === 20 ? 700 : minute % 60));
  const name = { resource: 'file-descriptors', programKey: holder().programKey } as const;
  const again = new Trends(trends.peaks.records());
  for (const { peaks } of [trends, again]) {
    const at = (minute: number) => peaks.dayBefore(name, { minute: START / 60_000 + minute });
    assert.deepEqual([at(24 * 60), at(25 * 60 + 59), at(50), at(48 * 60)], [700, 59, null, 28]);
  }
});

test('an hour is forgotten after two days, and of many programs those seen last are kept', () => {
  const trends = watched(72 * 60, () => 20);
  assert.ok(trends.peaks.records().every(({ hours }) => Object.keys(hours).length === 48));
  const { peaks } = new Trends();
  for (let at = 0; at < 1_100; at++) {
    peaks.raise({ resource: 'file-descriptors', programKey: `worker ${at}` }, { minute: at, used: 1 });
  }
  const keys = peaks.records().map(({ programKey }) => programKey);
  assert.deepEqual([keys.length, keys[0], keys.at(-1)], [1_000, 'worker 100', 'worker 1099']);
});
