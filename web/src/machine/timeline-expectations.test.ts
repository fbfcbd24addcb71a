import assert from 'node:assert/strict';
import test from 'node:test';
import type { TimelineRow, TimelineSpan } from '@portlight/server/views';
import { toMs } from '../format/time.ts';
import { drift, ladder } from '../test/findings.ts';
import { missing, wedged } from '../test/other-findings.ts';
import { nextPlace, nextSentence } from './next-rung.ts';
import { expectationsOf } from './timeline-expectations.ts';
import { lanesOf } from './timeline-lanes.ts';

const hosts = [{ networkNamespace: '1', isHostNamespace: true }];
const at = (clock: string) => toMs(`2026-11-23T${clock}:00.000Z`);

function span(pid: number): TimelineSpan {
  return {
    instance: `boot ${pid} 1`,
    pid,
    program: 'node',
    commandLine: [],
    processStartedAt: null,
    address: '127.0.0.1',
    family: 'ipv4',
    inode: String(pid),
    holders: 1,
    start: null,
    end: null,
    chargeUntil: null,
  };
}
const row = (port: number, ...spans: readonly TimelineSpan[]): TimelineRow => ({
  protocol: 'tcp',
  port,
  networkNamespace: '1',
  isHostNamespace: true,
  spans,
});

test('a ladder’s home, its newest and its next port are known, the next one with its time', () => {
  const { homes, newest, next, sinceMs } = expectationsOf([ladder()], hosts);
  assert.deepEqual(
    [[...homes], [...newest], [...next]],
    [['1 tcp 3000'], ['1 tcp 3002'], [['1 tcp 3003', at('02:51')]]],
  );
  assert.deepEqual(sinceMs, [toMs('2026-11-23T02:41:09.000Z')]);
});

test('a port that nothing listens on is expected; one that is held and does not answer is where it belongs', () => {
  assert.deepEqual([...expectationsOf([missing(), wedged()], hosts).homes], ['1 tcp 3000']);
});

test('ports of a finding are lanes even if nobody held them, in the order of ports', () => {
  const expectations = expectationsOf([ladder()], hosts);
  const { moving, steady } = lanesOf(
    [row(22, { ...span(988), program: 'sshd' }), row(3001, span(20114)), row(3002, span(20377))],
    null,
    expectations,
  );
  assert.deepEqual(
    moving.map((lane) => [lane.ports, lane.bars.length]),
    [
      [[3000], 0],
      [[3001], 1],
      [[3002], 1],
      [[3003], 0],
    ],
  );
  assert.deepEqual(
    steady.map((lane) => lane.ports),
    [[22]],
  );
});

test('a finding on an ephemeral port is not folded away', () => {
  const home = { address: '127.0.0.1', port: 45_000, source: 'here', support: null } as const;
  const details = { home, current: [{ address: '127.0.0.1', port: 45_001 }] };
  const expectations = expectationsOf([drift({ port: 45_000, details })], hosts);
  const lanes = lanesOf([row(45_000, span(1)), row(45_001, span(2)), row(46_000, span(3))], 32_768, expectations);
  assert.deepEqual(
    [lanes.moving.map((lane) => lane.ports), lanes.folded.map((lane) => lane.ports)],
    [[[45_000], [45_001]], [[46_000]]],
  );
});

test('of a hundred rungs the first and the last with the next one are shown', () => {
  const details = { ...ladder().details, ports: [3099], nextPort: 3100 };
  const rows = Array.from({ length: 100 }, (_, index) => row(3000 + index, span(100 + index)));
  const { moving } = lanesOf(rows, null, expectationsOf([ladder({ details })], hosts));
  assert.deepEqual([moving.length, moving[0]?.ports, moving.at(-1)?.ports], [40, [3000], [3100]]);
});

test('the next rung is drawn where it is due, and seen even beyond what is drawn', () => {
  const scale = { fromMs: at('02:00'), toMs: at('02:50') };
  assert.deepEqual(nextPlace(at('02:45'), at('02:40'), scale), { left: 90, textEnd: 80 });
  assert.equal(nextPlace(at('04:00'), at('02:40'), scale)?.left, 97);
  assert.equal(nextPlace(at('02:30'), at('02:40'), scale)?.left, 80);
  assert.equal(nextPlace(at('02:45'), at('03:40'), scale), null);
});

test('what is due says so', () => {
  const say = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  assert.equal(nextSentence(at('02:45'), at('02:40'), say), 'next at about 02:45');
  assert.equal(nextSentence(at('02:30'), at('02:40'), say), 'next is due');
  assert.equal(nextSentence(null, at('02:40'), say), 'next');
});
