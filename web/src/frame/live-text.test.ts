import assert from 'node:assert/strict';
import test from 'node:test';
import { liveText } from './live-text.ts';

const cases = [
  ['connecting', null, null, 'Connecting'],
  ['connecting', 1000, 2000, 'Reconnecting'],
  ['live', 1000, 2000, 'Live'],
  ['stopped', 1000, 19_000, 'Stopped 18 s ago'],
  ['stopped', null, null, 'Not connected'],
  ['signed-out', 1000, 2000, 'Not connected'],
] as const;

for (const [status, heardMs, clockMs, text] of cases) {
  test(`${status}, ${heardMs === null ? 'never heard' : 'heard before'}, reads “${text}”`, () => {
    assert.equal(liveText(status, heardMs, clockMs), text);
  });
}
