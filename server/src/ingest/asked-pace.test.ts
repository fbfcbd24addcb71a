import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExpectationBook } from '../expectations/expectation-book.ts';
import { HandingDown } from '../expectations/handing-down.ts';
import { Hosts } from '../hosts/hosts.ts';
import { openStore } from '../store/open-store.ts';
import { Summary } from '../summary/summary.ts';
import { alive, full, HOST_ID } from '../../test/bodies.ts';
import { Ingest } from './ingest.ts';

const SILENT_AFTER_MS = 60_000;

test('a machine that was asked to come less often is given the longer time before it is silent', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-pace-'));
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'portlight.db') });
  context.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const clock = { at: Date.parse('2026-11-24T10:00:00Z') };
  const times = { now: () => clock.at, silentAfterMs: SILENT_AFTER_MS };
  const pace = { aliveEverySeconds: 15 };
  const handing = new HandingDown(new ExpectationBook(store.reader), store.reader, times.now);
  const ingest = new Ingest(store, { ...times, pace, handing, isFlushedAtOnce: true, onChange: () => undefined });
  const hosts = new Hosts(store.reader, { ...times, retentionMs: 1e9, gaugesOf: () => null });
  const summary = new Summary(store.reader, times);
  const states = async (): Promise<readonly unknown[]> => {
    const { host } = await hosts.one(HOST_ID);
    return [host.state, (await hosts.map()).states, (await summary.now()).machines.silent];
  };

  assert.equal((await ingest.push(full(), null)).aliveEverySeconds, 15);
  clock.at += SILENT_AFTER_MS + 1;
  assert.deepEqual(await states(), ['silent', 's', 1]);
  pace.aliveEverySeconds = 60;
  assert.equal((await ingest.push(alive(), null)).aliveEverySeconds, 60);
  clock.at += 4 * 60_000;
  assert.deepEqual(await states(), ['reporting', '.', 0]);
  clock.at += 1;
  assert.deepEqual(await states(), ['silent', 's', 1]);
});
