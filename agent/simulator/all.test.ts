import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { processesIn } from './kernel-view.ts';
import { scenarios } from './scenarios.ts';
import { holdsWithin, MAIN } from './simulation.ts';

/** Three seconds are owed on a machine with nothing else to do; here other tests run beside. */
const WITHIN = '10s';

test('every incident is found with its causes and processes, and goes with it; every control is clean', async () => {
  const child = spawn(process.execPath, [MAIN, 'all', '--within', WITHIN, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const outcomes = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { asExpected: boolean });
  assert.deepEqual(
    outcomes.filter(({ asExpected }) => !asExpected),
    [],
  );
  assert.equal(outcomes.length, scenarios.size);
  assert.equal(child.exitCode, 0);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`after ${signal} neither the agent nor any program is left`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'portlight-all-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const child = spawn(process.execPath, [MAIN, 'all', '--only', 'inherited,supervisor,wedged,sawtooth'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: 'ignore',
    });
    // Two agents, manager and web, web and thumbnailer, web, hoarder.
    await holdsWithin(30_000, () => processesIn(folder).length === 8);
    child.kill(signal);
    await once(child, 'exit');
    await holdsWithin(10_000, () => processesIn(folder).length === 0);
    assert.equal(child.exitCode, signal === 'SIGTERM' ? 143 : null);
    if (signal === 'SIGTERM') assert.deepEqual(readdirSync(folder), []);
  });
}
