import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listener, sight } from '../../test/snapshots.ts';
import type { Event, Push } from '../contract.ts';
import { changesBetween } from '../scan/changes.ts';
import { KEEP_ALIVE_MS } from './aggregator.ts';
import { backoffMs } from './backoff.ts';
import { readTokenFile } from './host-token.ts';
import { DEFAULT_PACE_MS } from './pusher.ts';
import { accepted, aggregatorFor, needsFull, pusherFor, refused } from '../../test/pushing.ts';

const older = listener({ inode: '1', port: 3000 });
const newer = listener({ inode: '2', port: 3001 });
const first = sight([older]);
const second = sight([older, newer]);
const opened: Event[] = changesBetween([older], [older, newer], new Date()).events.map((event) => ({
  id: 1,
  ...event,
}));

/** Of a loaded aggregator. */
const SLOWEST_PACE_MS = 60_000;

async function until(isTrue: () => boolean): Promise<void> {
  for (const giveUp = Date.now() + 10_000; !isTrue() && Date.now() < giveUp;) await sleep(20);
}

suite('pushing', () => {
  test('begins with everything, sends a change at once with its event, then signs of life, and says goodbye', async (context) => {
    const server = await aggregatorFor(context);
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(1);
    await sleep(20);
    pusher.see(second, opened);
    await server.until(3);
    await pusher.leave();
    assert.deepEqual(server.kinds(), ['full', 'change', 'alive', 'leaving']);
    const [full, change, alive] = server.received.map(({ body }) => body as Push);
    assert.deepEqual([full?.sequence, change?.sequence, alive?.sequence], [1, 2, 3]);
    assert.equal(full?.digest, first.digest);
    assert.deepEqual(full.kind === 'full' && full.snapshot.listeners[0]?.holders, [0]);
    assert.ok(change?.kind === 'change');
    assert.equal(change.baseDigest, first.digest);
    assert.equal(change.digest, second.digest);
    assert.deepEqual(
      change.opened.map(({ port, holders }) => [port, holders]),
      [[3001, [0]]],
    );
    assert.deepEqual(
      change.events.map(({ id, kind, port }) => [id, kind, port]),
      [[1, 'opened', 3001]],
    );
    assert.equal(change.processes.length, 1);
    assert.equal(change.findings, null);
    assert.equal(alive?.digest, second.digest);
  });

  test('a clock that is set back by an hour holds no sign of life up', async (context) => {
    const server = await aggregatorFor(context);
    let backMs = 0;
    const { pusher } = pusherFor(context, server.url, null, () => new Date(Date.now() - backMs));
    pusher.see(first, []);
    await server.until(1);
    backMs = 3_600_000;
    await server.until(3);
    assert.deepEqual(server.kinds().slice(0, 3), ['full', 'alive', 'alive']);
  });

  test('a sign of life tells of a queue once, and again over a new connection', async (context) => {
    const server = await aggregatorFor(context);
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(2);
    pusher.see(sight([{ ...older, acceptQueue: 5 }]), []);
    const told = () => server.received.filter(({ body }) => JSON.stringify(body).includes('"acceptQueue":5')).length;
    await server.untilTrue(() => told() === 1);
    await server.until(server.received.length + 2);
    assert.equal(told(), 1);
    server.cut();
    await server.untilTrue(() => told() === 2);
  });

  test('takes what it is handed down, and tells from then on what it judges by', async (context) => {
    const server = await aggregatorFor(context);
    const { pusher, heard } = pusherFor(context, server.url);
    const expectations = {
      version: 'v7',
      services: [
        { name: 'web', places: [{ address: '127.0.0.1', port: 3000 }], unit: 'web.service', exe: null, user: null },
      ],
      homes: [],
    };
    server.answers.push({ ...accepted, body: { ...accepted.body, expectations } });
    pusher.see(first, []);
    await server.until(2);
    const versions = server.received.map(({ body }) => (body as Push).expectationsVersion);
    assert.deepEqual(versions, [undefined, 'v7']);
    assert.deepEqual(heard, [{ services: expectations.services, homes: [] }]);
  });

  test('keeps one connection over all of them, at a pace slower than what Node and undici keep by themselves', async (context) => {
    const server = await aggregatorFor(context);
    const aliveEverySeconds = 6;
    const slow = { ...accepted, body: { ...accepted.body, aliveEverySeconds } };
    server.answers.push(slow, slow, slow);
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(3);
    const [, second = 0, third = 0] = server.received.map(({ at }) => at);
    assert.ok(third - second > 5900);
    assert.equal(new Set(server.received.map(({ socket }) => socket)).size, 1);
  });

  test('a connection is kept for longer than the slowest pace an aggregator asks for', () => {
    assert.ok(KEEP_ALIVE_MS > SLOWEST_PACE_MS && KEEP_ALIVE_MS > DEFAULT_PACE_MS);
  });

  test('sends everything again when asked to, and no event twice', async (context) => {
    const server = await aggregatorFor(context);
    server.answers.push(accepted, needsFull);
    const { pusher } = pusherFor(context, server.url);
    pusher.see(first, []);
    await server.until(1);
    await sleep(20);
    pusher.see(second, opened);
    await server.until(3);
    assert.deepEqual(server.kinds().slice(0, 3), ['full', 'change', 'full']);
    const again = server.received[2]?.body as Push;
    assert.ok(again.kind === 'full');
    assert.deepEqual(again.events, []);
    assert.equal(again.snapshot.listeners.length, 2);
  });

  test('keeps events while the aggregator is away and delivers them when it is back', async (context) => {
    const away = await aggregatorFor(context);
    away.stop();
    const { pusher, lines } = pusherFor(context, away.url);
    pusher.see(first, []);
    pusher.see(second, opened);
    await until(() => pusher.trouble !== null);
    assert.match(pusher.trouble ?? '', /^the aggregator does not answer: .*ECONNREFUSED/);
    assert.deepEqual([pusher.figures.lastSuccessAt, pusher.figures.bytes, pusher.figures.queuedEvents], [null, 0, 1]);
    const back = await aggregatorFor(context, Number(away.url.port));
    await back.until(1);
    const body = back.received[0]?.body as Push;
    assert.ok(body.kind === 'full');
    assert.deepEqual(
      body.events?.map(({ id, port }) => [id, port]),
      [[1, 3001]],
    );
    await until(() => pusher.trouble === null);
    assert.equal(pusher.trouble, null);
    const { results, lastSuccessAt, bytes, queuedEvents } = pusher.figures;
    assert.ok(results.unreachable >= 1 && results.accepted === 1 && results.refused === 0);
    assert.ok(lastSuccessAt !== null && bytes > 100 && queuedEvents === 0);
    assert.equal(lines.filter((line) => line.includes('does not answer')).length, 1, 'one log line for one trouble');
  });

  test('waits as long as the aggregator says', async (context) => {
    const server = await aggregatorFor(context);
    server.answers.push(refused(503, { 'retry-after': '1' }));
    const { pusher } = pusherFor(context, server.url);
    const begun = Date.now();
    pusher.see(first, []);
    await server.until(2);
    assert.ok(Date.now() - begun >= 1000);
  });

  test('enrols when it has no token, keeps the one it gets, and uses it', async (context) => {
    const server = await aggregatorFor(context);
    const token = 'h'.repeat(64);
    server.answers.push(refused(401), { status: 201, body: { hostId: first.snapshot.host.id, token } });
    const enrollTokenFile = join(mkdtempSync(join(tmpdir(), 'portlight-enrol-')), 'token');
    writeFileSync(enrollTokenFile, '# for new machines\nfleet:enrol-me\n');
    const { pusher, tokenFile } = pusherFor(context, server.url, enrollTokenFile);
    pusher.see(first, []);
    await server.until(3);
    assert.deepEqual(
      server.received.slice(0, 3).map(({ path, authorization }) => [path, authorization]),
      [
        ['/api/v1/push', undefined],
        ['/api/v1/enroll', 'Bearer enrol-me'],
        ['/api/v1/push', `Bearer ${token}`],
      ],
    );
    assert.deepEqual(server.received[1]?.body, { host: { id: first.snapshot.host.id, name: 'web-eu-117' } });
    assert.equal(readFileSync(tokenFile, 'utf8'), `${token}\n# ${server.url.origin}\n`);
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    assert.equal(readTokenFile(tokenFile), token);
  });
});

suite('the wait before the next try', () => {
  const cases: [number, number | null, number, number][] = [
    [1, null, 1, 1000],
    [2, null, 1, 2000],
    [4, null, 0.5, 4000],
    [99, null, 1, 60_000],
    [99, null, 0, 0],
    [1, 30_000, 0.5, 30_500],
  ];
  for (const [failures, retryAfter, random, expected] of cases) {
    test(`after ${failures} failures, told ${retryAfter ?? 'nothing'}, at ${random} of the range: ${expected} ms`, () =>
      assert.equal(backoffMs(failures, retryAfter, random), expected));
  }
});
