import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged, lived, timeOf, type Actor } from '../../test/day.ts';

const HOUR = 3600;
const OLD: Actor = { pid: 100, from: 0, ports: [3000] };
const NEW: Actor = { pid: 200, from: HOUR, ports: [3001] };
const java = { program: 'java', programKey: 'java /srv/other.jar' };
const [found] = judged({ actors: [OLD, NEW], until: HOUR + 2 });

test('a drift began when the new one began to listen, and was found in that look', () => {
  assert.deepEqual([found?.since, found?.detectedAt], [timeOf(HOUR), timeOf(HOUR)]);
});

test('a drift ends with the old process where nothing else speaks of the home', () => {
  assert.deepEqual(judged({ actors: [{ ...OLD, to: HOUR + 60 }, NEW], until: HOUR + 61 }), []);
});

test('a drift keeps its id and times when the new one is restarted on the same wrong port', () => {
  const [later] = judged({
    actors: [OLD, { ...NEW, to: HOUR + 60 }, { ...NEW, pid: 300, from: HOUR + 60 }],
    until: HOUR + 100,
  });
  assert.deepEqual([later?.id, later?.since, later?.detectedAt], [found?.id, found?.since, found?.detectedAt]);
  assert.equal(
    later?.holders.some(({ pid }) => pid === 300),
    true,
  );
});

test('a drift is not learned, however long it lasts', () => {
  const { judgement } = lived({ actors: [OLD, NEW], until: 3 * HOUR });
  const ports = [...judgement.kept(new Date(timeOf(3 * HOUR))).homes.values()].map(({ port }) => port);
  assert.deepEqual(ports, [3000]);
});

test('a home is known after a restart of the agent, by the homes it kept', () => {
  const { judgement } = lived({ actors: [{ ...OLD, to: 1500 }], until: 1500 });
  const kept = judgement.kept(new Date(timeOf(1500)));
  const java9 = { pid: 300, from: 1600, ports: [3000], is: java };
  const [again] = judged({
    actors: [java9, { ...NEW, ports: [3050] }],
    agentFrom: HOUR + 10,
    until: HOUR + 20,
    kept,
  });
  assert.equal(again?.kind, 'drift');
  assert.equal(again.details.home.support, 'held for 25 min by one process');
});

test('a drift keeps its times over a restart of the agent, and not over a reboot', () => {
  const kept = lived({ actors: [OLD, NEW], until: HOUR + 60 }).judgement.kept(new Date(timeOf(HOUR + 60)));
  const later = { actors: [OLD, NEW], agentFrom: HOUR + 90, until: HOUR + 100 };
  const [same] = judged({ ...later, kept });
  assert.deepEqual([same?.since, same?.detectedAt], [found?.since, found?.detectedAt]);
  const [other] = judged({ ...later, kept: { ...kept, bootId: 'another' } });
  assert.notEqual(other?.detectedAt, found?.detectedAt);
});
