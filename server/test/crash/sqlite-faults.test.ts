import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../trial-server.ts';
import { survives, until } from './fault-trial.ts';

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
