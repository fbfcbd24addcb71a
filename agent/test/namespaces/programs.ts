/** Programs that make network namespaces and live in them until their test ends. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { type Readable, type Writable } from 'node:stream';
import { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const isMissing = (command: string, option: string) => spawnSync(command, [option]).error !== undefined;

/** Why none can be made here, or false. */
export const cannotUnshare =
  (process.getuid?.() !== 0 && 'needs root') ||
  (isMissing('python3', '--version') && 'needs python3') ||
  (spawnSync('unshare', ['--net', 'true']).status !== 0 && 'needs network namespaces');

/** Starts it, and waits until it says that all is there. */
export async function namespaceProgram(context: TestContext, name: string, ...args: readonly string[]) {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn('python3', ['-B', file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const said = once(child.stdout, 'data').then(([text]) => String(text));
  assert.match(await Promise.race([said, once(child, 'exit').then(() => 'it ended')]), /^ready/);
  return { pid: child.pid ?? assert.fail() };
}
