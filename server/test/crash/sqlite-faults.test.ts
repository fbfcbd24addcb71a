import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import { temporaryFolder } from '../trial-server.ts';
import { startedLoad, startedServer, survives, until } from './fault-trial.ts';

/** A disk of that size, or null where this user may not mount one. */
function smallDisk(context: TestContext, mebibytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-disk-'));
  let isMounted = false;
  context.after(() => {
    if (isMounted) execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  isMounted = true;
  return folder;
}

/** Takes all the space there is. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4_096, 'x');
  try {
    for (;;) writeSync(file, block);
  } catch (cause) {
    assert.equal((cause as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(file);
  }
}

test('a full disk: 503 until there is space again, nothing acknowledged is lost', async (context) => {
  const folder = smallDisk(context, 16);
  if (folder === null) {
    context.skip('mounting a small disk needs root');
    return;
  }
  const ballast = join(folder, 'ballast');
  await survives(context, {
    args: ['--state-dir', folder],
    code: /^store-full$/,
    cause: () => {
      fill(ballast);
      return Promise.resolve();
    },
    heal: () => {
      rmSync(ballast);
      return Promise.resolve();
    },
  });
});

test('a store that another process holds: 503 until it lets go', async (context) => {
  const folder = temporaryFolder(context);
  let other: DatabaseSync | null = null;
  context.after(() => other?.close());
  await survives(context, {
    args: ['--state-dir', folder],
    code: /^store-locked$/,
    cause: async () => {
      other = new DatabaseSync(join(folder, 'portlight.db'));
      const taken = other;
      await until('the other process has it', () => {
        try {
          taken.exec('BEGIN EXCLUSIVE');
          return true;
        } catch {
          return false;
        }
      });
    },
    heal: () => {
      other?.exec('ROLLBACK');
      return Promise.resolve();
    },
  });
});

test('pages of the file that are damaged: questions and readiness say so, nothing is overwritten', async (context) => {
  const folder = temporaryFolder(context);
  const server = await startedServer(context, ['--state-dir', folder]);
  const load = startedLoad(context, server);
  await until('events are acknowledged', () => load.acknowledgedEvents > 20);
  await load.settle(60_000);
  load.stop();
  await server.terminate();
  const path = join(folder, 'portlight.db');
  const damaged = withoutTable(path, 'hosts');
  await server.start();
  const shown = await fetch(`${server.url}/api/v1/hosts`);
  assert.equal(shown.status, 503);
  const { error } = (await shown.json()) as ErrorAnswer;
  assert.equal(error.code, 'store-damaged');
  assert.match(error.hint ?? '', /restore a backup/);
  const ready = await fetch(`${server.url}/readyz`);
  assert.deepEqual([ready.status, ((await ready.json()) as ErrorAnswer).error.code], [503, 'store-damaged']);
  await server.kill9();
  assert.ok(readFileSync(path).equals(damaged));
});

/** Fills the first page of that table with nonsense; answers the bytes of the file. */
function withoutTable(path: string, table: string): Buffer {
  const database = new DatabaseSync(path, { readOnly: true });
  const { rootpage } = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as {
    readonly rootpage: number;
  };
  const { page_size: size } = database.prepare('PRAGMA page_size').get() as { readonly page_size: number };
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, (rootpage - 1) * size, rootpage * size);
  writeFileSync(path, bytes);
  return bytes;
}
