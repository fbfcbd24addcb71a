import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { install, run, type Installed, type Running } from './careless-server.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { freePort, freePorts, startAgent } from './programs.ts';

/**
 * The page that an agent serves by itself, its aggregator being away. Other tests on this machine may let servers go
 * astray, too, so each looks for what is its own. The tests follow each other.
 */
const PROMISED_MS = 5000;
/** Servers started closer together are one batch, in which none is left behind. */
const BATCH_MS = 10_000;

let url: string;
let browser: Browser;
let web: Installed;
let old: Running;
let young: Running;
let page: Page;
const requested = new Set<string>();
const faults: string[] = [];
const ends: (() => Promise<void>)[] = [];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-page-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  const places = { serverPort: await freePort(), agentPort: await freePort(), stateDir };
  const agent = await startAgent(places, 'page-01');
  ends.push(() => agent.stop());
  url = `http://127.0.0.1:${places.agentPort}/`;
  web = await install(stateDir, 'web');
  old = await started(await freePorts(3));
  browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  page = await opened({});
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

async function started(port: number): Promise<Running> {
  const running = await run(web, port);
  ends.push(() => running.end());
  return running;
}

async function opened(options: BrowserContextOptions): Promise<Page> {
  const fresh = await browser.newPage(options);
  fresh.on('request', (request) => requested.add(new URL(request.url()).origin));
  fresh.on('pageerror', (error) => faults.push(error.message));
  fresh.on('console', (message) => faults.push(message.text()));
  await fresh.goto(url);
  return fresh;
}

const finding = (of: Page) => of.getByRole('region', { name: `should be on ${old.port}` });

test('a server that goes astray is named within 5 s, with both sides and what to type, and no reload', async () => {
  await page.getByText(`127.0.0.1:${old.port}`).first().waitFor();
  assert.equal(await finding(page).count(), 0);
  await pause(Math.max(0, old.at + BATCH_MS + 500 - Date.now()));
  young = await started(old.port);
  assert.equal(young.port, old.port + 1);
  await finding(page).waitFor();
  assert.ok(Date.now() - young.at <= PROMISED_MS, `after ${Date.now() - young.at} ms`);
  const text = (await finding(page).textContent()) ?? '';
  assert.match(text, new RegExp(`pid ${old.pid}\\b`));
  assert.match(text, new RegExp(`pid ${young.pid}\\b`));
  assert.ok(text.includes(`grep -q 'pid=${old.pid},' && sudo kill -TERM ${old.pid}`));
  const marked = page.getByRole('row').filter({ hasText: `127.0.0.1:${old.port}` });
  assert.match((await marked.textContent()) ?? '', /stale holder$/);
});

test('without JavaScript the page tells the same', async () => {
  const plain = await opened({ javaScriptEnabled: false });
  assert.ok((await finding(plain).textContent())?.includes(`sudo kill -TERM ${old.pid}`));
  assert.ok((await plain.getByRole('row').count()) > 1);
  assert.equal(await plain.getByRole('button', { name: 'Copy' }).first().isVisible(), false, 'no button that is dead');
});

test('a command is copied whole, also where the clipboard may not be had', async () => {
  const step = finding(page).getByRole('listitem').filter({ hasText: 'End the old process' });
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await step.getByRole('button').click();
  assert.equal(await page.evaluate(() => getSelection()?.toString().trim()), await step.locator('code').textContent());
});

for (const width of [320, 390, 768, 1010]) {
  test(`nothing has to be scrolled sideways at ${width} px`, async () => {
    await page.setViewportSize({ width, height: 800 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  });
}

test('when it is repaired the finding goes, and nobody else was asked for anything', async () => {
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await young.end();
  await old.end();
  await finding(page).waitFor({ state: 'detached' });
  assert.deepEqual([...requested], [new URL(url).origin]);
  assert.deepEqual(faults, []);
});
