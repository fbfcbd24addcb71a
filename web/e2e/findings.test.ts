import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { SummaryView } from '@portlight/server/views';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { install, run, type Installed, type Running } from './careless-server.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { takePictures } from './pictures.ts';
import { freePort, freePorts, startAgent, startServer, type Places } from './programs.ts';

/**
 * Real servers go astray on this machine, and a real browser is asked what the pages say of it. The tests follow each other.
 * Other tests on this machine may let servers go astray, too, so each looks for what is its own.
 */
const NAME = 'astray-01';
const HOSTILE = '$(reboot)<img src=x onerror=alert(1)>\u202eexe';
const HOSTILE_SHOWN = '$(reboot)<img src=x onerror=alert(1)>\\u202eexe';
/** From the moment the new server listens. */
const PROMISED_MS = 5000;
/** Servers started closer together are one batch, in which none is left behind. */
const BATCH_MS = 10_000;

let places: Places;
let browser: Browser;
let fleet: Page;
let machine: Page;
let web: Installed;
let climber: Installed;
let hostile: Installed;
let oldWeb: Running;
let newWeb: Running;
let firstClimber: Running;
let firstHostile: Running;
const faults: string[] = [];
const ends: (() => Promise<void>)[] = [];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-astray-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  places = { serverPort: await freePort(), agentPort: await freePort(), stateDir };
  web = await install(stateDir, 'web');
  climber = await install(stateDir, 'climber');
  hostile = await install(stateDir, 'hostile', HOSTILE);
  const server = await startServer(places);
  ends.push(() => server.stop());
  const agent = await startAgent(places, NAME);
  ends.push(() => agent.stop());
  oldWeb = await started(web, await freePorts(4));
  firstClimber = await started(climber, await freePorts(5));
  firstHostile = await started(hostile, await freePorts(3));
  browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  fleet = await opened('/');
  machine = await opened(machinePath);
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

const machinePath = `/hosts/${NAME}`;
const at = (path: string) => `http://127.0.0.1:${places.serverPort}${path}`;

async function opened(path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  await page.goto(at(path));
  await page.getByTestId('headline').waitFor();
  return page;
}

async function started(program: Installed, port: number, args: readonly string[] = []): Promise<Running> {
  const running = await run(program, port, args);
  ends.push(() => running.end());
  return running;
}

/** The next start, long enough after the one before it not to be of the same batch. */
async function startedLater(program: Installed, before: Running, port: number): Promise<Running> {
  await pause(Math.max(0, before.at + BATCH_MS + 1000 - Date.now()));
  return started(program, port);
}

/** What is left of the time that is promised after a server began to listen. */
const promised = (running: Running) => ({ timeout: Math.max(1, running.at + PROMISED_MS - Date.now()) });
const headline = (page: Page) => page.getByTestId('headline');
const rowOf = (running: Running) => fleet.getByTestId('finding-row').filter({ hasText: String(running.port) });
const lane = (port: number) => machine.getByTestId(`timeline-row-${port}`);
const barOf = ({ port, pid }: Running) => lane(port).locator(`[data-testid=span][data-pid="${pid}"]`);

async function expand(row: Locator): Promise<void> {
  if ((await row.getByTestId('finding-body').count()) === 0) await row.getByRole('button').first().click();
  await row.getByTestId('finding-body').waitFor();
}

/** With pointer and focus, as while either is in the list nothing moves in it. */
async function leaveList(): Promise<void> {
  await headline(fleet).click();
}

async function summary(): Promise<SummaryView> {
  return (await (await fetch(at('/api/v1/summary'))).json()) as SummaryView;
}

/** Between the left edges of two bars, in px; both of one moment, as the axis moves. */
async function gapBetween(one: Locator, other: Running): Promise<number> {
  const selector = `[data-testid="timeline-row-${other.port}"] [data-testid=span][data-pid="${other.pid}"]`;
  return one.evaluate((bar, found) => {
    const left = document.querySelector(found)?.getBoundingClientRect().x ?? Number.NaN;
    return Math.abs(bar.getBoundingClientRect().x - left);
  }, selector);
}

test('within 5 s of the new server’s start the headline names it and both sides are on the timeline', async () => {
  assert.equal(await barOf(oldWeb).getByTestId('left-behind').count(), 0);
  newWeb = await startedLater(web, oldWeb, oldWeb.port);
  assert.equal(newWeb.port, oldWeb.port + 1);
  await headline(fleet)
    .filter({ hasText: /^1 of 1 machine has a .+ off its port, all in astray\.$/ })
    .waitFor(promised(newWeb));
  await rowOf(oldWeb)
    .filter({ hasText: String(newWeb.port) })
    .waitFor(promised(newWeb));
  await barOf(oldWeb).getByTestId('left-behind').waitFor(promised(newWeb));
  await barOf(newWeb).waitFor(promised(newWeb));
  await lane(oldWeb.port).getByTestId('badge').filter({ hasText: 'expected' }).waitFor(promised(newWeb));
  await lane(newWeb.port).getByTestId('badge').filter({ hasText: 'newest' }).waitFor(promised(newWeb));
  assert.match(await fleet.title(), /^1 off port · Portlight$/);
  assert.match((await fleet.locator('link[rel=icon]').getAttribute('href')) ?? '', /critical/);
  await fleet.getByRole('status').filter({ hasText: 'new critical finding' }).waitFor(promised(newWeb));
  await takePictures(fleet, 'drift-fleet');
  await takePictures(machine, 'drift-machine');
});

test('the old server is hatched from the moment the new one listens, the new one is not', async () => {
  const hatch = barOf(oldWeb).getByTestId('left-behind');
  assert.match(
    await hatch.evaluate((bar) => getComputedStyle(bar).backgroundImage),
    /repeating-linear-gradient\(115deg/,
  );
  assert.equal(await barOf(newWeb).getByTestId('left-behind').count(), 0);
  assert.ok((await gapBetween(hatch, newWeb)) < 2);
  assert.match(await barOf(oldWeb).innerText(), /, left behind at \d\d:\d\d:\d\d, still open/);
});

test('the commands name the right processes, in the fleet and on the machine', async () => {
  const row = rowOf(oldWeb);
  await expand(row);
  for (const commands of [row.getByTestId('cmd'), machine.getByTestId('cmd')]) {
    await commands
      .filter({ hasText: `kill -TERM ${oldWeb.pid}` })
      .first()
      .waitFor();
  }
  const tags = (port: number) =>
    machine.locator(`[data-testid=port-row][data-port="${port}"]`).getByTestId('finding-tag');
  assert.deepEqual(await tags(oldWeb.port).allInnerTexts(), ['Stale holder']);
  assert.deepEqual(await tags(newWeb.port).allInnerTexts(), ['Drift']);
  assert.match(await headline(machine).innerText(), /is off its port/);
  await row.getByRole('button').first().click();
  await leaveList();
});

test('a link to the finding opens the fleet with it, also when it is closed', async () => {
  const id = await rowOf(oldWeb).getAttribute('data-finding');
  const page = await opened(`/findings/${id}`);
  await page.locator(`[data-finding="${id}"]`).getByTestId('finding-body').waitFor();
  await oldWeb.end();
  await page.getByTestId('chosen').filter({ hasText: 'is closed' }).waitFor({ timeout: PROMISED_MS });
  await page.goto(at('/findings?state=closed'));
  await page.locator(`[data-finding="${id}"]`).getByRole('button').first().click();
  await page.locator(`[data-finding="${id}"]`).getByText('Nothing to do').waitFor();
  assert.equal(await page.getByTestId('cmd').count(), 0);
  await page.close();
});

test('with the old server ended the finding is closed and the page says all clear', async () => {
  await rowOf(oldWeb).waitFor({ state: 'detached', timeout: PROMISED_MS });
  if ((await summary()).troubles > 0) return;
  await headline(fleet).filter({ hasText: 'The only machine serves on its ports.' }).waitFor({ timeout: PROMISED_MS });
  assert.match(await fleet.getByTestId('why').innerText(), /^No open finding\. The last one closed \d+ s ago: /);
  assert.equal(await headline(machine).innerText(), NAME);
  await takePictures(fleet, 'clear-fleet');
});

test('a ladder is named with its next port; every process it left behind is hatched', async () => {
  const second = await startedLater(climber, firstClimber, firstClimber.port);
  const third = await started(climber, firstClimber.port);
  const next = firstClimber.port + 3;
  await rowOf(firstClimber).and(fleet.locator('[data-kind=ladder]')).waitFor(promised(third));
  for (const left of [firstClimber, second]) await barOf(left).getByTestId('left-behind').waitFor(promised(third));
  await lane(third.port).getByTestId('badge').filter({ hasText: 'newest' }).waitFor(promised(third));
  await lane(next).getByTestId('next-rung').waitFor(promised(third));
  assert.equal(await barOf(third).getByTestId('left-behind').count(), 0);
  assert.equal(await lane(next).getByTestId('span').count(), 0);
  await takePictures(fleet, 'ladder-fleet');
  await takePictures(machine, 'ladder-machine');
});

test('while the list is pointed at a new finding waits behind a button, and no row moves', async () => {
  const rows = fleet.getByTestId('findings').getByTestId('finding-row');
  await rows.first().hover({ position: { x: 20, y: 20 } });
  const ids = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-finding')));
  const shown = await ids();
  await startedLater(hostile, firstHostile, firstHostile.port);
  const button = fleet.getByTestId('new-findings');
  await button.waitFor({ timeout: PROMISED_MS });
  assert.ok(shown.length > 0);
  assert.deepEqual(await ids(), shown);
  await button.click();
  await rowOf(firstHostile).waitFor({ timeout: PROMISED_MS });
});

test('a hostile program’s name is text everywhere and in no command', async () => {
  await leaveList();
  const row = rowOf(firstHostile);
  assert.ok((await row.innerText()).includes(HOSTILE_SHOWN));
  await expand(row);
  const other = machine.getByTestId('other-finding').filter({ hasText: HOSTILE_SHOWN });
  if ((await other.count()) > 0) await other.getByRole('button').first().click();
  for (const page of [fleet, machine]) {
    await page.getByTestId('cmd').first().waitFor();
    for (const command of await page.getByTestId('cmd').allInnerTexts())
      assert.doesNotMatch(command, /reboot|img|\u202e/);
    assert.equal(await page.locator('main img').count(), 0);
    assert.doesNotMatch(await page.locator('main').innerHTML(), /\u202e/);
  }
});

for (const [name, page] of [
  ['the fleet page', () => fleet],
  ['the machine page', () => machine],
] as const) {
  test(`${name} has no sideways scroll while findings are open`, async () => {
    for (const width of [320, 390, 768, 1440]) {
      await page().setViewportSize({ width, height: 900 });
      const beyond = await page().evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(beyond, 0, `${width} px`);
    }
  });
}

test('no page ever failed or broke its own content security policy', () => {
  assert.deepEqual(faults, []);
});
