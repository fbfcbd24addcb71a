/** The short form of `npm run spool-rounds -w agent`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playRound } from './spool-round.ts';

const FILL = { fillBytes: 512 * 1024, listeners: 100, random: Math.random };

for (const { name, ...how } of [
  { name: 'killed half-way through a record', isTorn: true, isKilledTwice: false },
  { name: 'killed again while it delivers', isTorn: false, isKilledTwice: true },
]) {
  test(`an agent ${name} delivers what it had spooled once and in order`, { timeout: 300_000 }, async (t) => {
    const round = await playRound({ ...FILL, ...how });
    t.diagnostic(JSON.stringify(round));
    assert.ok(round.spooled > 100);
    assert.equal(round.delivered, round.spooled);
    assert.ok(round.lookBeforeKillMs < 60_000, 'it noted its looks');
  });
}
