/** A real agent on a state directory that is full, or cannot be written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { portlight } from './processes.ts';
import { Receiver } from './receiver.ts';

/** Waits between tries grow up to a minute. */
const LONG = { timeout: 300_000 };
/** More than a spool takes, whatever else opens ports meanwhile. */
const MOUNTED_MB = 32;

/** A file system of its own; null where this user may not mount one. */
function smallDisk(context: TestContext): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MOUNTED_MB}m`, 'tmpfs', folder]);
  context.after(() => {
    if (status === 0) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return status === 0 ? folder : null;
}

async function agentIn(context: TestContext, state: string, receiver: Receiver) {
  const args = ['agent', '--listen', '127.0.0.1:0', '--scan-every', '200ms', '--state-dir', state];
  const running = portlight(context, [...args, '--server', `http://127.0.0.1:${receiver.port}`]);
  const line = await running.out.matching(/listening on http/);
  const url = line.replace(/^.*(http:.*)\/$/, '$1');
  const reasons = async () =>
    ((await (await fetch(`${url}/healthz`)).json()) as { reasons: readonly string[] }).reasons.join('\n');
  const metric = async (name: string) =>
    new RegExp(`^portlight_${name} (\\d+)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1];
  return { reasons, metric };
}

async function until(isTrue: () => boolean | Promise<boolean>, what: () => string | Promise<string>): Promise<void> {
  for (const giveUp = Date.now() + 150_000; Date.now() < giveUp;) {
    if (await isTrue()) return;
    await sleep(50);
  }
  assert.fail(await what());
}

/** Opens a port and closes it: two events. */
async function blink(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  await sleep(600);
  server.close();
  await once(server, 'close');
}

async function receiverFor(context: TestContext): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  context.after(() => receiver.stop());
  return receiver;
}

test(
  'a full disk: the agent goes on in memory, says so, and delivers; then it uses the disk again',
  LONG,
  async (context) => {
    const state = smallDisk(context);
    if (state === null) {
      context.skip('needs the right to mount');
      return;
    }
    const receiver = await receiverFor(context);
    const { reasons, metric } = await agentIn(context, state, receiver);
    await until(
      () => receiver.fulls.length > 0,
      () => 'the first contact',
    );
    const ballast = join(state, 'ballast');
    // Page by page until nothing fits any more.
    for (const size of [statfsSync(state).bavail * 4096, 4096, 4096]) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
    await receiver.stop();
    await blink();
    await until(
      async () => (await reasons()).includes('memory only and would not survive the agent (ENOSPC'),
      () => 'trouble',
    );
    assert.equal(await metric('spool_writable'), '0');
    assert.equal(await metric('spool_events'), '0');
    assert.notEqual(await metric('push_queued_events'), '0');
    rmSync(ballast);
    await until(
      async () => (await metric('spool_writable')) === '1',
      async () => `recovery: ${await reasons()}`,
    );
    await until(
      async () => Number(await metric('spool_events')) >= 2,
      () => 'spooled',
    );
    await receiver.start();
    await until(
      () => receiver.once.length >= 2,
      () => `${receiver.once.length} delivered`,
    );
  },
);

test('a state directory that cannot be written: told in the pushes, too', LONG, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-state-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'file'), '');
  const receiver = await receiverFor(context);
  const { reasons, metric } = await agentIn(context, join(folder, 'file', 'below'), receiver);
  const isToldOf = () =>
    receiver.fulls.some(({ snapshot }) =>
      snapshot.coverage.notes.some((note) => note.includes('give a writable --state-dir')),
    );
  await until(isToldOf, () => 'a note');
  await until(
    async () => (await metric('spool_writable')) === '0',
    () => 'the metric',
  );
  assert.match(await reasons(), /ENOTDIR/);
  await blink();
  await until(
    () => receiver.once.length >= 2,
    () => `${receiver.once.length} delivered`,
  );
});
