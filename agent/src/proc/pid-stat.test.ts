import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusBytes, corpusCases } from '../../test/corpus.ts';
import { parsePidStat } from './pid-stat.ts';

const THREADS: Readonly<Record<string, number>> = { 27079: 5 };
const STACKS: Readonly<Record<string, number>> = {
  584: 140736466511168,
  26231: 140736914091744,
  27079: 140736878632528,
};
const [corpus] = corpusCases('proc pid stat');
const EXPECTED = corpus?.expected as Record<string, { comm: string; state: string; ppid: number; starttime: number }>;
for (const [pid, { comm, state, ppid, starttime }] of Object.entries(EXPECTED)) {
  test(`procfs' capture ${pid} is ${JSON.stringify(comm)}`, () => {
    assert.deepEqual(parsePidStat(corpusBytes(`procfs-pid/${pid}/stat`)), {
      comm,
      state,
      parentPid: ppid,
      threads: THREADS[pid] ?? 1,
      startTicks: starttime,
      stackStart: STACKS[pid] ?? null,
    });
  });
}

const stat = (comm: string) => Buffer.from(`7 (${comm}) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 4242 0 0\n`);
for (const comm of ['a) S 1 (b', ')))', 'two\nlines', '', ' ', 'ünï']) {
  test(`the name ${JSON.stringify(comm)} does not shift the columns`, () => {
    const expected = { comm, state: 'S', parentPid: 1, threads: 3, startTicks: 4242, stackStart: null };
    assert.deepEqual(parsePidStat(stat(comm)), expected);
  });
}

for (const broken of [
  '',
  '7',
  '7 (a',
  '7 a) S 1',
  '7 (a) S',
  '7 (a) SS 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 4242',
  '7 (a) S x 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 4242',
]) {
  test(`${JSON.stringify(broken)} is no stat`, () => assert.equal(parsePidStat(Buffer.from(broken)), null));
}

test('any bytes are read without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const parsed = parsePidStat(
        Buffer.concat([Buffer.from('7 ('), bytes, Buffer.from(') S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 4242 0 0')]),
      );
      assert.equal(parsed?.startTicks, 4242);
    }),
  );
});
