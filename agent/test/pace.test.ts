/** An agent whose looks cost more than they may, on this machine as it is. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from '../src/agent.ts';
import { readAgentConfig } from '../src/config.ts';
import { type Snapshot } from '../src/contract.ts';
import { createLog } from '../src/log.ts';
import { Pace } from '../src/pace.ts';

/** A minute is long for a test: judged over this time instead. */
const WINDOW_MS = 1500;

test('five scans a second cost too much: it slows down, says so, and counts on its real pace', async (t) => {
  const state = mkdtempSync(join(tmpdir(), 'portlight-pace-'));
  const invocation = readAgentConfig(['--listen', '127.0.0.1:0', '--state-dir', state, '--scan-every', '200ms'], {});
  assert.equal(invocation.kind, 'run');
  const logged: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'text',
    toJournal: false,
    write: (line) => void logged.push(line),
    now: () => new Date(),
  });
  const agent = new Agent(invocation.values, log, new Pace({ askedMs: 200, windowMs: WINDOW_MS }));
  const url = await agent.start();
  t.after(async () => {
    await agent.stop();
    rmSync(state, { recursive: true, force: true });
  });
  const ask = async () => (await (await fetch(`${url}ports`)).json()) as Snapshot;

  const first = await ask();
  assert.equal(first.agent.scanEveryMs, 200);
  assert.deepEqual(
    first.coverage.notes.filter((note) => note.startsWith('Scans')),
    [],
  );

  let slow = first;
  for (const giveUp = Date.now() + 60_000; slow.agent.scanEveryMs < 800 && Date.now() < giveUp; slow = await ask()) {
    await sleep(50);
  }
  assert.ok(slow.agent.scanEveryMs >= 800, `the pace stayed at ${slow.agent.scanEveryMs} ms`);
  assert.match(
    slow.coverage.notes.join('\n'),
    /^Scans run each [\d.]+ m?s instead of 200 ms: the agent took [\d.]+ % of a core/m,
  );
  const changes = logged.filter((line) => line.includes('Scans run each'));
  assert.ok(changes.length >= Math.log2(slow.agent.scanEveryMs / 200));
  assert.equal(
    new Set(changes.map((line) => line.split(' instead')[0]?.slice(-6))).size,
    changes.length,
    'one line a change',
  );

  let later = await ask();
  for (const giveUp = Date.now() + 60_000; later.agent.cost.scans < slow.agent.cost.scans + 2 && Date.now() < giveUp;) {
    await sleep(50);
    later = await ask();
  }
  const elapsedMs = Date.parse(later.takenAt) - Date.parse(slow.takenAt);
  const perScanMs = elapsedMs / (later.agent.cost.scans - slow.agent.cost.scans);
  assert.ok(perScanMs > 700, `a scan each ${perScanMs} ms`);
  assert.equal((await fetch(`${url}healthz`)).status, 200, 'slow is not stale');
});
