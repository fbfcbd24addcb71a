import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { chromium, type Page, type Request } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { freePort, startAgent } from './programs.ts';

/** As the server says. */
const COME_BACK_MS = 5_000;
const BUNDLE = resolve(import.meta.dirname, '../../server/dist/portlight-function.js');
const ROLES = ['enroll', 'read', 'admin'] as const;

function tokenOf(role: (typeof ROLES)[number]): string {
  return `a-token-of-the-gateway-test-to-${role}`;
}

/** A gateway as clouds have them: it calls the function with an event, and passes an answer on once it is complete. */
const GATEWAY = `
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
const { handler } = await import(process.argv[2]);
const server = createServer(async (request, response) => {
  const [rawPath, rawQueryString = ''] = request.url.split('?');
  const { cookie, ...headers } = request.headers;
  const http = { method: request.method, path: rawPath, sourceIp: request.socket.remoteAddress };
  const body = (await buffer(request)).toString('base64');
  const cookies = cookie === undefined ? undefined : cookie.split('; ');
  const event = { version: '2.0', rawPath, rawQueryString, headers, cookies, requestContext: { http }, body, isBase64Encoded: true };
  const answer = await handler(event, {});
  response.writeHead(answer.statusCode, { ...answer.headers, ...(answer.cookies ? { 'set-cookie': answer.cookies } : {}) });
  response.end(Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8'));
});
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;

const ends: (() => Promise<void>)[] = [];

after(async () => {
  for (const end of ends.reverse()) await end();
});

async function startGateway(folder: string): Promise<string> {
  for (const role of ROLES) await writeFile(join(folder, role), tokenOf(role));
  const tokens = ROLES.map(
    (role) => [`PORTLIGHT_SERVER_${role.toUpperCase()}_TOKEN_FILE`, join(folder, role)] as const,
  );
  const script = join(folder, 'gateway.mjs');
  await writeFile(script, GATEWAY);
  const env = { ...process.env, ...Object.fromEntries(tokens), PORTLIGHT_SERVER_STATE_DIR: join(folder, 'state') };
  const child = spawn(process.execPath, [script, BUNDLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return url;
}

test('behind a gateway that passes on whole answers only, pages are live all the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portlight-gateway-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const url = await startGateway(folder);
  const browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByLabel('Token').fill(tokenOf('read'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Add your first machine.').waitFor();
  const streams = countStreams(page);
  const places = { serverPort: Number(new URL(url).port), agentPort: await freePort(), stateDir: folder };
  const agent = await startAgent(places, 'behind-a-gateway', ['--enroll-token-file', join(folder, 'enroll')]);
  ends.push(() => agent.stop());
  await page.getByTestId('map-host').waitFor({ timeout: 30_000 });
  // As often as it was told to come back, and not as often as it would after a failure.
  const [before, from] = [streams(), performance.now()];
  while (streams() < before + 3) await page.waitForRequest(isStream, { timeout: 30_000 });
  assert.ok(performance.now() - from > 2 * COME_BACK_MS - 1_000);
  assert.equal(await page.getByText('Live updates stopped.').count(), 0);
});

function countStreams(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => (count += Number(isStream(request))));
  return () => count;
}

function isStream(request: Request): boolean {
  return request.url().endsWith('/api/v1/stream');
}
