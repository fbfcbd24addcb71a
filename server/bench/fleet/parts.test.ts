import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.ts';
import { rungsAt } from './story.ts';
import { Latencies } from './tally.ts';
import { Wheel } from './wheel.ts';

test('all faults of the arguments are told at once', () => {
  const parsed = parseOptions([
    '--hosts',
    '0',
    '--for',
    '5',
    '--server',
    'https://127.0.0.1',
    '--sources',
    '127.0.0.9-127.0.0.2',
  ]);
  assert.equal(parsed.kind, 'faults');
  assert.deepEqual(
    parsed.faults.map((fault) => fault.split(':')[0]),
    ['--hosts', '--for', '--server', '--sources'],
  );
});

test('several servers and a range of sources', () => {
  const parsed = parseOptions([
    '--server',
    'http://127.0.0.1:1,http://127.0.0.1:2',
    '--sources',
    '127.0.0.254-127.0.1.1',
  ]);
  assert.equal(parsed.kind, 'run');
  assert.deepEqual(
    parsed.options.servers.map(({ port }) => port),
    ['1', '2'],
  );
  assert.deepEqual(parsed.options.sources, ['127.0.0.254', '127.0.0.255', '127.0.1.0', '127.0.1.1']);
});

test('the wheel gives each host out once, when it is due and not before, also beyond its own turn', () => {
  const wheel = new Wheel(4, 1_000);
  const dues = [1_000.4, 1_250, 70_000, 200_000];
  for (const [host, due] of dues.entries()) wheel.add(host, due);
  const taken: [number, number][] = [];
  for (let now = 1_000; now <= 210_000; now += 10) wheel.advance(now, (host) => taken.push([host, now]));
  assert.deepEqual(taken, [
    [0, 1_010],
    [1, 1_250],
    [2, 70_000],
    [3, 200_000],
  ]);
});

test('a quantile is the time that so many did not exceed', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 100; ms += 1) latencies.add(ms - 0.05);
  assert.equal(latencies.quantile(0.5), 50);
  assert.equal(latencies.quantile(0.99), 99);
  assert.equal(latencies.quantile(1), 100);
  assert.deepEqual(new Latencies().summary, { count: 0, p50Ms: null, p99Ms: null, maxMs: null });
});

test('a ladder climbs and is repaired by a process that never was before', () => {
  const ports = [0, 1, 2, 3, 4, 5].map((step) => rungsAt('ladder', step).map(({ port }) => port - 3_000));
  assert.deepEqual(ports, [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4], [0]]);
  assert.equal(rungsAt('ladder', 5)[0]?.generation, 5);
});
