/** What the pusher does when the aggregator does not take what it sends. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { holder, listener, sight } from '../../test/snapshots.ts';
import { accepted, aggregatorFor, pusherFor, refused } from '../../test/pushing.ts';
import type { Event, Push } from '../contract.ts';
import { changesBetween } from '../scan/changes.ts';

const older = listener({ inode: '1', port: 3000 });
const newer = listener({ inode: '2', port: 3001 });
const first = sight([older]);
const second = sight([older, newer]);
const opened: Event[] = changesBetween([older], [older, newer], new Date()).events.map((event) => ({
  id: 1,
  ...event,
}));

async function untilTrue(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 1000; tries += 1) await sleep(10);
  assert.ok(isTrue());
}

suite('pushing with faults', () => {
  test('an overloaded aggregator is told the same again, not everything', async (context) => {
    const server = await aggregatorFor(context);
    server.answers.push(accepted, refused(503), refused(429));
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(1);
    await sleep(20);
    pusher.see(second, opened);
    await server.until(5);
    assert.deepEqual(server.kinds().slice(0, 5), ['full', 'change', 'change', 'change', 'alive']);
    const changes = server.received.slice(1, 4).map(({ body }) => body as Push);
    assert.deepEqual(
      changes.map(({ sequence, digest }) => [sequence, digest]),
      changes.map(() => [2, second.digest]),
      'its sequence says that it is the same',
    );
  });

  test('a change without an answer is sent again as it was, and what came since in the next one', async (context) => {
    const server = await aggregatorFor(context);
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(1);
    server.stop();
    await sleep(20);
    pusher.see(second, opened);
    await untilTrue(() => pusher.trouble !== null);
    const third = sight([older, newer, listener({ inode: '3', port: 3002 })]);
    const { events } = changesBetween(second.snapshot.listeners, third.snapshot.listeners, new Date());
    pusher.see(
      third,
      events.map((event) => ({ id: 2, ...event })),
    );
    const back = await aggregatorFor(context, Number(server.url.port));
    await back.until(2);
    assert.deepEqual(
      back.received
        .map(({ body }) => body as Push)
        .slice(0, 2)
        .map((body) => body.kind === 'change' && [body.sequence, body.events.map(({ id }) => id), body.baseDigest]),
      [
        [2, [1], first.digest],
        [3, [2], second.digest],
      ],
    );
  });

  for (const status of [422, 404]) {
    test(`what it does not understand (${status}) is answered with everything`, async (context) => {
      const server = await aggregatorFor(context);
      server.answers.push(accepted, refused(status));
      const { pusher } = pusherFor(context, server.url);
      pusher.see(first, []);
      await server.until(1);
      await sleep(20);
      pusher.see(second, opened);
      await server.until(3);
      assert.deepEqual(server.kinds().slice(0, 3), ['full', 'change', 'full']);
    });
  }

  test('where the body is too large, listeners are left out and that is said', async (context) => {
    const server = await aggregatorFor(context);
    server.answers.push(refused(413));
    const many = sight(
      Array.from({ length: 3000 }, (_, at) => listener({ inode: String(at), port: 1000 + at, holders: [holder()] })),
    );
    const { pusher } = pusherFor(context, server.url);
    pusher.see(many, []);
    await server.until(3);
    const [whole, cut] = server.received.map(({ body }) => body as Push);
    assert.ok(whole?.kind === 'full' && cut?.kind === 'full');
    const { listeners, coverage } = cut.snapshot;
    assert.ok(listeners.length > 1000 && listeners.length < 1600, `${listeners.length}`);
    assert.deepEqual(listeners, whole.snapshot.listeners.slice(0, listeners.length));
    assert.equal(coverage.skippedRows, 3000 - listeners.length);
    assert.match(coverage.notes.join(), /^\d+ listeners are left out of what is pushed/);
    assert.equal(server.kinds()[2], 'alive', 'what was left out is no change');
  });

  test('a proxy that does not know zstd gets gzip', async (context) => {
    const server = await aggregatorFor(context);
    server.answers.push(refused(415));
    const many = sight(Array.from({ length: 50 }, (_, at) => listener({ inode: String(at), port: 1000 + at })));
    const { pusher } = pusherFor(context, server.url);
    pusher.see(many, []);
    await untilTrue(() => pusher.figures.lastSuccessAt !== null);
    assert.equal(pusher.figures.results.refused, 0, 'at once');
    assert.deepEqual(
      server.received.slice(0, 2).map(({ encoding }) => encoding),
      ['zstd', 'gzip'],
    );
    assert.deepEqual(server.kinds(), ['full', 'full']);
  });

  test('the first contact and the first sign of life come by chance', async (context) => {
    const server = await aggregatorFor(context);
    const inFourSeconds = { ...accepted, body: { ...accepted.body, aliveEverySeconds: 4 } };
    server.answers.push(inFourSeconds, inFourSeconds);
    const { pusher } = pusherFor(context, server.url, null, () => new Date(), { firstWithinMs: 20_000 });
    const begun = performance.now();
    pusher.see(first, []);
    await server.until(1);
    const fullAt = performance.now() - begun;
    assert.ok(fullAt >= 1000, `a twentieth of 20 s, not ${fullAt} ms`);
    await server.until(3);
    const [, aliveAt = 0, nextAt = 0] = server.received.map(({ at }) => at - (server.received[0]?.at ?? 0));
    assert.ok(aliveAt >= 150 && aliveAt < 3500, `a twentieth of the pace, not ${aliveAt} ms`);
    assert.ok(nextAt - aliveAt >= 3900, 'then at the pace');
  });

  test('a state directory that takes nothing is told by a full push', async (context) => {
    const server = await aggregatorFor(context);
    let clock = 0;
    let hasTrouble = false;
    const { pusher } = pusherFor(context, server.url, null, () => new Date(), {
      hasStateTrouble: () => hasTrouble,
      clockMs: () => clock + performance.now(),
    });
    pusher.see(first, []);
    await server.until(2);
    hasTrouble = true;
    await server.untilTrue(() => server.kinds().filter((kind) => kind === 'full').length === 2);
    hasTrouble = false;
    await server.until(server.received.length + 2);
    assert.equal(server.kinds().filter((kind) => kind === 'full').length, 2, 'not by turns');
    clock = 60_000;
    await server.untilTrue(() => server.kinds().filter((kind) => kind === 'full').length === 3);
  });
});
