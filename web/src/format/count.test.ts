import assert from 'node:assert/strict';
import test from 'node:test';
import { counted } from './count.ts';

test('one is singular, all else is plural, thousands are grouped', () => {
  assert.deepEqual(
    [0, 1, 2, 1204].map((number) => counted(number, 'machine')),
    ['0 machines', '1 machine', '2 machines', '1,204 machines'],
  );
});
