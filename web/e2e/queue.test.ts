import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { takePictures } from './pictures.ts';
import { freePort, freePorts, startAgent, startServer } from './programs.ts';
import { connected, startHoldingServer, type HoldingServer } from './waiting-clients.ts';

/** Real clients wait at a real server, and a real browser is asked what the machine's page says. The tests follow each other. */
const NAME = 'waiting-01';
/** Connections are counted each minute at least, a sign of life tells of them within 15 s, and the page asks again each 10 s. */
const LATE = { timeout: 110_000 };

let page: Page;
let port: number;
let server: HoldingServer;
const faults: string[] = [];
const ends: (() => unknown)[] = [];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-queue-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  const places = { serverPort: await freePort(), agentPort: await freePort(), stateDir };
  port = await freePorts(1);
  server = await startHoldingServer(port);
  ends.push(() => server.end());
  await clients(3);
  const aggregator = await startServer(places);
  ends.push(() => aggregator.stop());
  const agent = await startAgent(places, NAME);
  ends.push(() => agent.stop());
  const browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`http://127.0.0.1:${places.serverPort}/hosts/${NAME}`);
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

const row = () => page.locator(`[data-testid=port-row][data-port="${port}"]`);
const event = (text: string) => page.getByTestId('event').filter({ hasText: text });

async function clients(count: number): Promise<void> {
  const sockets = await connected(port, count);
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
  });
}

test('a server’s connections stand in its row', async () => {
  await row().filter({ hasText: '3 est' }).waitFor();
});

test('clients that nobody accepts are a queue, and it says since when it stands still', async () => {
  server.pause();
  await clients(5);
  await row().filter({ hasText: 'stuck since' }).waitFor();
  await row().filter({ hasText: '5 waiting' }).waitFor();
  const text = (await row().innerText()).replace(/\s+/g, ' ');
  assert.match(text, /\b5 of ≤ [\d,]+ stuck since \d\d:\d\d:\d\d 3 est ?5 waiting/);
  await event(`Accept queue of 127.0.0.1:${port}/tcp stands still: 5 waiting`).waitFor();
  await takePictures(page, 'queue');
  await page.setViewportSize({ width: 320, height: 900 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  await page.setViewportSize({ width: 1440, height: 1000 });
});

test('when the server accepts again the queue is gone, and signs of life tell that all are its connections', async () => {
  server.resume();
  await event(`Accept queue of 127.0.0.1:${port}/tcp moves again`).waitFor();
  await row().filter({ hasText: 'stuck since' }).waitFor({ state: 'detached' });
  await row().filter({ hasText: '8 est' }).waitFor(LATE);
  assert.deepEqual(faults, []);
});
