import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { remedyFor, type Remedy } from './retrying.ts';

suite('what follows from a refusal', () => {
  const cases: Readonly<Record<Remedy, readonly number[]>> = {
    again: [403, 408, 425, 429, 500, 502, 503, 504],
    full: [400, 404, 409, 415, 422],
    smaller: [413],
    enrol: [401],
  };
  for (const [remedy, statuses] of Object.entries(cases)) {
    test(`${statuses.join(', ')}: ${remedy}`, () => {
      const refused = (status: number) => ({ kind: 'refused', status, reason: '', retryAfterMs: null }) as const;
      assert.deepEqual(
        statuses.map((status) => remedyFor(refused(status))),
        statuses.map(() => remedy),
      );
    });
  }

  test('no answer: again', () => {
    assert.equal(remedyFor({ kind: 'unreachable', reason: 'ECONNREFUSED' }), 'again');
  });
});
