/*
 * Part of the build: starts and stops the server once, so that its compiled form lies beside it also where the installed files
 * may not be written.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'portlight-warm-up-'));
const server = spawn(
  process.execPath,
  [join(import.meta.dirname, 'dist/portlight-server.js'), '--listen', '127.0.0.1:0', '--state-dir', folder],
  { stdio: ['ignore', 'pipe', 'inherit'], env: {} },
);
server.stdout.once('data', () => server.kill('SIGTERM'));
const [code] = await once(server, 'close');
rmSync(folder, { recursive: true, force: true });
process.exitCode = code ?? 1;

// Node writes for its own user; the server may run as another one.
const cache = join(import.meta.dirname, 'dist/compile-cache');
for (const entry of readdirSync(cache, { recursive: true, withFileTypes: true })) {
  chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}
