import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace, paceOf, slowedBy, type Shares } from './pace.ts';

const CASES: readonly (readonly [string, number, number, Shares, number])[] = [
  ['a cheap agent keeps its pace', 0, 1000, { all: 0.009, looks: 0.009 }, 0],
  ['one that costs more is slowed', 0, 1000, { all: 0.011, looks: 0.01 }, 1],
  ['one that still costs more is slowed again', 1, 1000, { all: 0.018, looks: 0.016 }, 2],
  ['readers of the endpoint do not slow the looks', 0, 1000, { all: 0.5, looks: 0.004 }, 0],
  ['ten seconds are the slowest', 4, 1000, { all: 0.5, looks: 0.4 }, 4],
  ['a pace that was asked for is not slowed below ten seconds', 0, 60_000, { all: 0.5, looks: 0.4 }, 0],
  ['back when the faster pace would fit', 1, 1000, { all: 0.004, looks: 0.003 }, 0],
  ['not back when it would just fit', 1, 1000, { all: 0.0046, looks: 0.0044 }, 1],
  ['back when the looks are a small part of what it costs', 1, 1000, { all: 0.3, looks: 0.001 }, 0],
  ['back from the slowest by the true ratio, which is less than two', 4, 1000, { all: 0.006, looks: 0.006 }, 3],
];
for (const [what, steps, askedMs, shares, expected] of CASES) {
  test(what, () => assert.equal(slowedBy(steps, askedMs, shares), expected));
}

test('no cost makes the pace go to and fro', () => {
  for (let cost = 0.0005; cost < 0.2; cost *= 1.07) {
    const looksAt = (steps: number): Shares => ({
      all: (cost * 1000) / paceOf(1000, steps) + 0.001,
      looks: (cost * 1000) / paceOf(1000, steps),
    });
    let steps = 0;
    for (let minute = 0; minute < 10; minute++) steps = slowedBy(steps, 1000, looksAt(steps));
    assert.equal(slowedBy(steps, 1000, looksAt(steps)), steps, `at a cost of ${cost}`);
  }
});

/** An agent whose looks take that part of a core from second to second. */
function run(pace: Pace, from: number, toSecond: number, shareOfLooks: number): number[] {
  const changes: number[] = [];
  for (let second = from; second <= toSecond; second++) {
    spentMs += shareOfLooks * 1000;
    if (pace.spent({ atMs: second * 1000, allMs: spentMs, looksMs: spentMs })) changes.push(second);
  }
  return changes;
}
let spentMs = 0;

test('it is judged minute by minute, and not in its first one', () => {
  const pace = new Pace({ askedMs: 1000 });
  assert.deepEqual(run(pace, 0, 59, 0.5), []);
  assert.deepEqual(run(pace, 60, 119, 0.018), []);
  assert.equal(pace.note, null);
  assert.deepEqual(run(pace, 120, 120, 0.018), [120]);
  assert.equal(pace.everyMs, 2000);
  assert.match(String(pace.note), /^Scans run each 2 s instead of 1 s: the agent took 1\.8 % of a core\./);
  assert.deepEqual(run(pace, 121, 239, 0.005), [], 'at this pace twice as many would not fit');
  assert.deepEqual(run(pace, 240, 300, 0.002), [300]);
  assert.equal(pace.everyMs, 1000);
  assert.equal(pace.note, null);
});

test('paces below a second are told in milliseconds', () => {
  const pace = new Pace({ askedMs: 200, windowMs: 1000 });
  run(pace, 0, 2, 0.1);
  assert.match(String(pace.note), /^Scans run each 400 ms instead of 200 ms: the agent took 10\.0 % of a core/);
});
