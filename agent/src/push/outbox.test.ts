import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ids, numbered } from '../../test/events.ts';
import { createLog } from '../log.ts';
import { LastLook, readLastLook } from './last-look.ts';
import { Outbox } from './outbox.ts';
import { Spool } from './spool.ts';

const FIRST = '2026-11-23T02:00:00.000Z';
const SECOND = '2026-11-23T04:00:00.000Z';
const LOOKED = '2026-11-23T03:14:08.000Z';
const NOW = new Date('2026-11-23T04:00:00.000Z');

/** What is closed after a test, before its state directory goes: an end writes. */
const outboxes = new WeakMap<TestContext, Outbox[]>();

function stateFor(context: TestContext): string {
  const state = mkdtempSync(join(tmpdir(), 'portlight-outbox-'));
  context.after(async () => {
    await Promise.all((outboxes.get(context) ?? []).map((outbox) => outbox.close()));
    rmSync(state, { recursive: true, force: true });
  });
  return state;
}

async function outboxIn(context: TestContext, state: string, agentStartedAt = FIRST, spoolAfterMs = 50) {
  const lines: string[] = [];
  const outbox = new Outbox({
    spool: new Spool({ folder: join(state, 'spool'), agentStartedAt }),
    lastLook: new LastLook(join(state, 'last-look')),
    agentStartedAt,
    spoolAfterMs,
    log: createLog({
      level: 'debug',
      format: 'text',
      toJournal: false,
      write: (line) => lines.push(line),
      now: () => NOW,
    }),
  });
  outboxes.set(context, [...(outboxes.get(context) ?? []), outbox]);
  await outbox.open();
  return { outbox, lines };
}

async function untilTrue(isTrue: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 2000; tries += 1) await sleep(10);
  assert.ok(isTrue(), what);
}

const lookIn = (state: string) => readLastLook(join(state, 'last-look'), NOW);

suite('the outbox', () => {
  test('what is acknowledged soon never touches the disk', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state);
    outbox.add(ids(1, 3).map(numbered), LOOKED);
    const { events, hasMore } = await outbox.next();
    assert.deepEqual([events.map(({ id }) => id), hasMore], [[1, 2, 3], false]);
    await outbox.acknowledge(events);
    assert.ok(outbox.isEmpty);
    await sleep(150);
    assert.deepEqual(readdirSync(join(state, 'spool')), []);
  });

  test('what is not acknowledged soon is on the disk, and what comes later right away', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state);
    outbox.add([numbered(1)], LOOKED);
    assert.equal(outbox.spooled.events, 0);
    await untilTrue(() => outbox.spooled.events === 1, 'the first');
    outbox.add([numbered(2)], LOOKED);
    await untilTrue(() => outbox.spooled.events === 2, 'the second');
    assert.equal(outbox.size, 2);
  });

  test('once the aggregator is away nothing waits in memory', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state, FIRST, 3_600_000);
    outbox.add([numbered(1)], LOOKED);
    outbox.isAway = true;
    await untilTrue(() => outbox.spooled.events === 1, 'the first');
  });

  test('events under way when they go to the disk are delivered once', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state);
    outbox.add(ids(1, 3).map(numbered), LOOKED);
    const { events } = await outbox.next();
    outbox.add([numbered(4)], LOOKED);
    outbox.isAway = true;
    await untilTrue(() => outbox.spooled.events === 4, 'all on the disk');
    await outbox.acknowledge(events);
    const { events: rest } = await outbox.next();
    assert.deepEqual(
      rest.map(({ id }) => id),
      [4],
    );
  });

  test('the next start delivers them first, under the start they are of', async (context) => {
    const state = stateFor(context);
    const before = await outboxIn(context, state);
    before.outbox.isAway = true;
    before.outbox.add(ids(1, 2).map(numbered), LOOKED);
    await untilTrue(() => before.outbox.spooled.events === 2, 'spooled');
    const { outbox } = await outboxIn(context, state, SECOND);
    outbox.add([numbered(1)], LOOKED);
    const { events, hasMore } = await outbox.next();
    assert.deepEqual(
      events.map(({ id, agentStartedAt }) => [id, agentStartedAt]),
      [
        [1, FIRST],
        [2, FIRST],
      ],
    );
    assert.ok(hasMore);
    await outbox.acknowledge(events);
    const { events: own } = await outbox.next();
    assert.deepEqual(own, [numbered(1)]);
  });

  test('its end brings to the disk what is in memory', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state, FIRST, 3_600_000);
    outbox.add([numbered(1)], LOOKED);
    assert.equal(outbox.spooled.events, 0);
    await outbox.close();
    const next = await outboxIn(context, state, SECOND);
    assert.equal(next.outbox.size, 1);
  });

  test('the last look is kept when all seen until then is safe, not before', async (context) => {
    const state = stateFor(context);
    const { outbox } = await outboxIn(context, state);
    outbox.add([], LOOKED);
    await untilTrue(() => lookIn(state) === LOOKED, 'the first look');
    const later = '2026-11-23T03:14:09.000Z';
    outbox.add([numbered(1)], later);
    assert.equal(lookIn(state), LOOKED);
    await untilTrue(() => outbox.spooled.events === 1, 'spooled');
    await untilTrue(() => lookIn(state) === later, 'the later look');
  });

  test('a full disk leaves them in memory, is told, and is over when there is room', async (context) => {
    const state = stateFor(context);
    const { outbox, lines } = await outboxIn(context, state);
    const file = join(state, 'spool', `0000000001-${Date.parse(FIRST)}-1.events`);
    symlinkSync('/dev/full', file);
    outbox.isAway = true;
    outbox.add([numbered(1)], LOOKED);
    await untilTrue(() => outbox.trouble !== null, 'trouble');
    assert.match(
      outbox.trouble ?? '',
      /^undelivered events are in memory only and would not survive the agent \(ENOSPC: .*\): free some space there$/,
    );
    assert.deepEqual([outbox.size, outbox.spooled.events, lookIn(state)], [1, 0, null]);
    // It tries again in ten seconds.
    await untilTrue(() => outbox.trouble === null, 'recovery');
    assert.deepEqual([outbox.size, outbox.spooled.events], [1, 1]);
    await untilTrue(() => lookIn(state) === LOOKED, 'the look');
    assert.equal(lines.filter((line) => line.includes('memory only')).length, 1);
    assert.equal(lines.filter((line) => line.includes('on the disk again')).length, 1);
  });

  test('a state directory that cannot be had is told with its remedy, and events are delivered all the same', async (context) => {
    const state = join(stateFor(context), 'file', 'below');
    writeFileSync(join(state, '../..', 'file'), '');
    const { outbox } = await outboxIn(context, state);
    assert.match(outbox.trouble ?? '', /ENOTDIR.*: give a writable --state-dir$/);
    outbox.isAway = true;
    outbox.add([numbered(1)], LOOKED);
    const { events } = await outbox.next();
    assert.deepEqual(events, [numbered(1)]);
    await outbox.acknowledge(events);
    assert.ok(outbox.isEmpty);
    await untilTrue(() => outbox.trouble?.includes('the last look is not kept (ENOTDIR') ?? false, 'the look');
  });

  test('a damaged file is logged', async (context) => {
    const state = stateFor(context);
    mkdirSync(join(state, 'spool'));
    writeFileSync(join(state, 'spool', `0000000001-${Date.parse(FIRST)}-7.events`), 'not a record');
    const { outbox, lines } = await outboxIn(context, state, SECOND);
    assert.match(lines.join(), /12 bytes of its spool are damaged file=.*0000000001-/);
    const { events } = await outbox.next();
    assert.deepEqual(
      events.map(({ kind, id, agentStartedAt }) => [kind, id, agentStartedAt]),
      [['gap', 7, FIRST]],
    );
  });
});

suite('the last look', () => {
  for (const [what, text] of [
    ['nothing', ''],
    ['half of it', '2026-11-23T03:1'],
    ['no time', 'yesterday'],
    ['a time to come', '2026-11-23T05:00:00.000Z\n'],
  ]) {
    test(`${what} in its file: not known`, (context) => {
      const file = join(stateFor(context), 'last-look');
      writeFileSync(file, text ?? '');
      assert.equal(readLastLook(file, NOW), null);
      assert.equal(readFileSync(file, 'utf8'), text);
    });
  }
});
