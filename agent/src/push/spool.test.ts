import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { ids, numbered } from '../../test/events.ts';
import { Spool } from './spool.ts';

const FIRST = '2026-11-23T02:00:00.000Z';
/** Files of 8 KiB: a dozen events each. */
const SMALL = 256 * 1024;
const SECOND = '2026-11-23T04:00:00.000Z';

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-spool-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'spool');
}

async function opened(
  context: TestContext,
  folder: string,
  agentStartedAt = FIRST,
  mostBytes?: number,
): Promise<Spool> {
  const spool = new Spool({ folder, agentStartedAt, ...(mostBytes === undefined ? {} : { mostBytes }) });
  context.after(() => spool.close());
  await spool.open();
  return spool;
}

const waiting = (first: number, last: number) => ids(first, last).map((id) => ({ event: numbered(id), lost: 0 }));

/** All that is in it, delivered file by file. */
async function drained(spool: Spool): Promise<readonly string[]> {
  const all: string[] = [];
  for (let some = await spool.oldest(); some.length > 0; some = await spool.oldest()) {
    all.push(...some.map(({ event, agentStartedAt }) => `${agentStartedAt.slice(11, 13)} ${event.kind} ${event.id}`));
    const last = some.at(-1)!;
    await spool.acknowledge(last.agentStartedAt, last.event.id);
  }
  return all;
}

const told = (hour: string, first: number, last: number) => ids(first, last).map((id) => `${hour} opened ${id}`);
const filesIn = (folder: string) => readdirSync(folder).sort();

suite('the spool', () => {
  test('gives what was appended, in order, as it was', async (context) => {
    const spool = await opened(context, folderFor(context));
    await spool.append(waiting(1, 3));
    await spool.append(waiting(4, 4));
    assert.deepEqual(
      (await spool.oldest()).map(({ event }) => event),
      ids(1, 4).map(numbered),
    );
    assert.deepEqual([spool.events, spool.savedId, spool.dropped], [4, 4, 0]);
  });

  test('the next start finds it, and puts its own behind', async (context) => {
    const folder = folderFor(context);
    await (await opened(context, folder)).append(waiting(1, 3));
    const next = await opened(context, folder, SECOND);
    await next.append(waiting(1, 2));
    const third = await opened(context, folder, '2026-11-23T05:00:00.000Z');
    assert.equal(third.events, 5);
    assert.deepEqual(await drained(third), [...told('02', 1, 3), ...told('04', 1, 2)]);
    assert.deepEqual(filesIn(folder), []);
  });

  test('what is acknowledged is gone, file by file, and not told again while the agent lives', async (context) => {
    const folder = folderFor(context);
    const spool = await opened(context, folder, FIRST, SMALL);
    await spool.append(waiting(1, 100));
    const files = filesIn(folder).length;
    assert.ok(files > 5, `${files} files`);
    await spool.acknowledge(FIRST, 70);
    assert.equal(spool.events, 30);
    assert.ok(filesIn(folder).length < files / 2);
    assert.deepEqual(await drained(spool), told('02', 71, 100));
    assert.deepEqual([spool.events, spool.bytes, filesIn(folder).length], [0, 0, 0]);
    await spool.append(waiting(101, 101));
    assert.deepEqual(await drained(spool), told('02', 101, 101));
  });

  test('a full one drops the oldest and leaves one gap for all it dropped, over restarts', async (context) => {
    const folder = folderFor(context);
    const spool = await opened(context, folder, FIRST, SMALL);
    await spool.append(waiting(1, 600));
    assert.ok(spool.bytes <= SMALL && spool.dropped > 100);
    const [gap, ...rest] = await drained(await opened(context, folder, SECOND, SMALL));
    assert.equal(gap, `02 gap ${spool.dropped}`);
    assert.deepEqual(rest, told('02', spool.dropped + 1, 600));
  });

  test('a gap that is dropped again is counted in the next one once', async (context) => {
    const folder = folderFor(context);
    await (await opened(context, folder, FIRST, SMALL)).append(waiting(1, 600));
    const next = await opened(context, folder, SECOND, SMALL);
    for (const id of ids(1, 600)) await next.append(waiting(id, id));
    const [gap] = await next.oldest();
    assert.equal(gap?.event.kind, 'gap');
    assert.equal(gap.lost, 600 + gap.event.id);
    assert.equal(gap.event.detail, `${gap.lost} events dropped while the aggregator was away`);
    assert.equal(gap.agentStartedAt, SECOND);
  });

  test('small files of short starts are delivered together, and are not more than the disk has blocks for', async (context) => {
    const folder = folderFor(context);
    for (let start = 1; start <= 70; start += 1) {
      const spool = await opened(context, folder, new Date(Date.parse(FIRST) + start).toISOString(), SMALL);
      await spool.append(waiting(1, 1));
      await spool.close();
    }
    assert.equal(filesIn(folder).length, SMALL / 4096);
    const last = await opened(context, folder, SECOND, SMALL);
    const { length } = await last.oldest();
    assert.ok(length > 5 && length < 20, `${length} at once`);
    const all = await drained(last);
    assert.equal(all.length, SMALL / 4096);
    assert.match(all[0] ?? '', /gap/);
  });

  const torn: [string, (file: string) => void][] = [
    ['a half-written last record', (file) => truncateSync(file, readFileSync(file).length - 7)],
    ['half a head after the last record', (file) => appendFileSync(file, Buffer.from([90, 0, 0]))],
    ['blocks of zeros after the last record', (file) => appendFileSync(file, Buffer.alloc(4096))],
    ['a length beyond all bounds', (file) => appendFileSync(file, Buffer.alloc(64, 0xff))],
  ];
  for (const [name, tear] of torn) {
    test(`${name} is cut, what was before it is kept, and a gap stands for it`, async (context) => {
      const folder = folderFor(context);
      await (await opened(context, folder)).append(waiting(1, 3));
      tear(join(folder, filesIn(folder)[0]!));
      const next = await opened(context, folder, SECOND);
      const kept = await next.oldest();
      const count = kept.length - 1;
      assert.ok(count === 2 || count === 3);
      assert.deepEqual(
        kept.slice(0, count).map(({ event }) => event),
        ids(1, count).map(numbered),
      );
      const { event } = kept.at(-1)!;
      assert.deepEqual([event.kind, event.id], ['gap', count + 1]);
      assert.match(event.detail ?? '', /^events could not be read back after the agent ended: \d+ bytes/);
      assert.deepEqual([next.cuts.length, next.dropped], [1, 1]);
      await drained(next);
      assert.deepEqual(filesIn(folder), []);
    });
  }

  test('a file damaged in the middle costs its rest, not the files after it', async (context) => {
    const folder = folderFor(context);
    const spool = await opened(context, folder, FIRST, SMALL);
    await spool.append(waiting(1, 100));
    const first = join(folder, filesIn(folder)[0]!);
    const bytes = readFileSync(first);
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    writeFileSync(first, bytes);
    const all = await drained(await opened(context, folder, SECOND, SMALL));
    assert.equal(all[0], '02 gap 1');
    assert.deepEqual(all.slice(-80), told('02', 21, 100));
  });

  test('a file somebody takes away while the agent runs holds nothing up', async (context) => {
    const folder = folderFor(context);
    const spool = await opened(context, folder, FIRST, SMALL);
    await spool.append(waiting(1, 100));
    rmSync(join(folder, filesIn(folder)[0]!));
    const all = await drained(spool);
    assert.match(all[0] ?? '', /^02 gap/);
    assert.ok(spool.dropped >= 1);
    assert.deepEqual(all.slice(-80), told('02', 21, 100));
  });

  test('what is no file of a spool is left alone', async (context) => {
    const folder = folderFor(context);
    await (await opened(context, folder)).append(waiting(1, 1));
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, '0000000001-1-1.events.new'), 'unfinished');
    const next = await opened(context, folder, SECOND);
    assert.equal(next.events, 1);
    assert.deepEqual(await drained(next), told('02', 1, 1));
    assert.deepEqual(filesIn(folder), ['notes.txt']);
  });
});
