import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { makePair, shownName } from '../../test/certificates.ts';
import { temporaryFolder } from '../../test/trial-server.ts';
import { followTlsFiles, tlsOptions } from './tls.ts';

/** A server that follows its files, and what it logs. */
async function following(context: TestContext) {
  const folder = temporaryFolder(context);
  const pair = makePair(folder, 'first');
  const files = { certFile: pair.cert, keyFile: pair.key };
  const server = createServer(tlsOptions(files));
  const lines: string[] = [];
  followTlsFiles(server, files, pino({}, { write: (line: string) => lines.push(line) }), 20);
  server.listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { folder, pair, lines, shown: () => shownName(url) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, 'it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a certificate whose key has not come yet is not used; when it has, both are', async (context) => {
  const { folder, pair, lines, shown } = await following(context);
  const second = makePair(folder, 'second');
  renameSync(second.cert, pair.cert);
  await until(() => lines.some((line) => line.includes('the former ones stay in use')));
  assert.equal(await shown(), 'first');
  renameSync(second.key, pair.key);
  await until(async () => (await shown()) === 'second');
});

test('files that are written over in place are used as well, and a file that is missing for a while does no harm', async (context) => {
  const { folder, pair, lines, shown } = await following(context);
  const second = makePair(folder, 'second');
  renameSync(pair.key, `${pair.key}.old`);
  await until(() => lines.some((line) => line.includes('the former ones stay in use')));
  assert.equal(await shown(), 'first');
  writeFileSync(pair.key, readFileSync(second.key));
  writeFileSync(pair.cert, readFileSync(second.cert));
  await until(async () => (await shown()) === 'second');
});

test('a certificate that is about to expire is told of', async (context) => {
  const { folder, pair, lines } = await following(context);
  assert.ok(!lines.some((line) => line.includes('expires')));
  const short = makePair(folder, 'short', 3);
  renameSync(short.key, pair.key);
  renameSync(short.cert, pair.cert);
  await until(() => lines.some((line) => line.includes('the TLS certificate expires soon')));
});
