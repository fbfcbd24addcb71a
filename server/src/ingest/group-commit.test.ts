import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { GroupCommit } from './group-commit.ts';

const never = (): boolean => false;

test('what arrives during a commit is the next batch', async () => {
  const batches: (readonly number[])[] = [];
  const begun = Promise.withResolvers<null>();
  const commits = new GroupCommit<number, number>(async (batch) => {
    batches.push(batch);
    begun.resolve(null);
    await delay(10);
    return batch.map((number) => number * 2);
  }, never);
  const first = commits.add(1);
  await begun.promise;
  const others = [commits.add(2), commits.add(3), commits.add(4)];
  assert.deepEqual(await Promise.all([first, ...others]), [2, 4, 6, 8]);
  assert.deepEqual(batches, [[1], [2, 3, 4]]);
});

test('one that cannot be committed fails alone', async () => {
  const commits = new GroupCommit<number, number>(
    (batch) => (batch.includes(13) ? Promise.reject(new Error('no 13')) : Promise.resolve(batch)),
    never,
  );
  const results = await Promise.allSettled([12, 13, 14].map((number) => commits.add(number)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('a failure that is nobody’s own is met once by all', async () => {
  let commits = 0;
  const failing = (): Promise<never> => {
    commits += 1;
    return Promise.reject(new Error('disk full'));
  };
  const group = new GroupCommit<number, number>(failing, () => true);
  const results = await Promise.allSettled([1, 2, 3].map((number) => group.add(number)));
  assert.deepEqual([commits, results.map(({ status }) => status)], [1, ['rejected', 'rejected', 'rejected']]);
});

test('idle waits for everything that was added', async () => {
  const done: number[] = [];
  const commits = new GroupCommit<number, number>(async (batch) => {
    await delay(5);
    done.push(...batch);
    return batch;
  }, never);
  const added = [commits.add(1), commits.add(2)];
  await commits.idle();
  assert.deepEqual(done, [1, 2]);
  await Promise.all(added);
});
