import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { firstLoad } from './first-load.ts';
import { takePictures } from './pictures.ts';
import { close, freePort, listenAsService, startAgent, startServer, type Places, type Program } from './programs.ts';

/** A real server and a real agent on this machine, seen through a real browser. The tests follow each other. */
const NAME = `e2e-${'a-rather-long-name-'.repeat(5)}01`;
const PROMISED_MS = 2000;
/** Other tests on this machine may have something off its port on purpose: this agent sees that, too. */
const WELL = /^(The only machine serves on its ports|1 of 1 machine has a .+ off its port, .+)\.$/;
const WAS_WELL = /^(The only machine served on its ports|1 of 1 machine had a .+ off its port) at \d\d:\d\d:\d\d\.$/;

let places: Places;
let server: Program;
let agent: Program;
let browser: Browser;
let page: Page;
const faults: string[] = [];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-e2e-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  places = { serverPort: await freePort(), agentPort: await freePort(), stateDir };
  server = await started(startServer(places));
  browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
});

/** What has to be ended, also when a test failed half-way; ending twice does no harm. */
const ends: (() => Promise<void>)[] = [];

after(async () => {
  for (const end of ends.reverse()) await end();
});

async function started(starting: Promise<Program>): Promise<Program> {
  const program = await starting;
  ends.push(() => program.stop());
  return program;
}

const at = (path: string) => `http://127.0.0.1:${places.serverPort}${path}`;
const machinePath = `/hosts/${encodeURIComponent(NAME)}`;
const headline = () => page.getByTestId('headline');

const picture = (name: string) => takePictures(page, name);

test('an empty fleet says what to type, and the first report replaces it without a reload', async () => {
  await page.goto(at('/'));
  await page.getByText('Add your first machine.').waitFor();
  assert.ok(await page.getByText(`portlight agent --server http://127.0.0.1:${places.serverPort}`).isVisible());
  await picture('empty');
  await page.evaluate('window.notReloaded = true');
  agent = await started(startAgent(places, NAME));
  await headline().filter({ hasText: WELL }).waitFor({ timeout: 5000 });
  assert.equal(await page.evaluate('window.notReloaded'), true);
  await page.getByTestId('map-host').click();
  await page.waitForURL(at(machinePath));
  await page.goBack();
  await page.getByTestId('facts').waitFor();
  await picture('fleet');
});

test('a listener is on the machine page within 2 s, and its bar ends when it closes', async () => {
  await page.goto(at(machinePath));
  await page.getByTestId('port-row').first().waitFor();
  const { port, server: listener } = await listenAsService();
  const bar = page.getByTestId(`timeline-row-${port}`).getByTestId('span');
  await page.locator(`[data-testid=port-row][data-port="${port}"]`).waitFor({ timeout: PROMISED_MS });
  await bar.and(page.locator(`[data-pid="${process.pid}"][data-open=true]`)).waitFor({ timeout: PROMISED_MS });
  await picture('machine');
  await close(listener);
  await bar.and(page.locator('[data-open=false]')).waitFor({ timeout: PROMISED_MS });
  await page
    .locator(`[data-testid=port-row][data-port="${port}"]`)
    .waitFor({ state: 'detached', timeout: PROMISED_MS });
  await page
    .getByTestId('event')
    .filter({ hasText: `closed 127.0.0.1:${port}/tcp` })
    .waitFor({ timeout: PROMISED_MS });
});

test('what a process calls itself is text, with what cannot be seen made visible', async () => {
  const code = 'require("net").createServer().listen(0, "127.0.0.1"); process.stdin.resume().on("end", process.exit)';
  const titles = ['<img src=x onerror=alert(1)>', '\u202egnp.exe'];
  const child = spawn(process.execPath, ['-e', code, ...titles], { stdio: ['pipe', 'ignore', 'ignore'] });
  const exited = once(child, 'exit');
  try {
    const row = page.getByTestId('port-row').filter({ hasText: String(child.pid) });
    await row.getByTitle('<img src=x onerror=alert(1)> \\u202egnp.exe').waitFor({ timeout: 5000 });
    assert.equal(await row.locator('img').count(), 0);
    assert.doesNotMatch(await row.innerHTML(), /\u202e/);
  } finally {
    child.stdin.end();
    await exited;
  }
});

test('filter, range and zone live in the address and survive a reload', async () => {
  await page.getByRole('link', { name: '6 h' }).click();
  await page.getByRole('link', { name: /^Exposed/ }).click();
  await page.keyboard.press('u');
  assert.equal(new URL(page.url()).search, '?from=-6h&ports=exposed&tz=local');
  await page.reload();
  await page.getByText('Who held which port').waitFor();
  assert.equal(await page.getByRole('link', { name: '6 h' }).getAttribute('aria-current'), 'true');
  assert.match(await page.getByTestId('clock').innerText(), /local$/);
  await page.keyboard.press('u');
  assert.equal(new URL(page.url()).search, '?from=-6h&ports=exposed');
});

test('machines are found by name; a filter without a match says so and can be cleared', async () => {
  await page.goto(at('/hosts'));
  await page.getByTestId('machine-row').waitFor();
  await picture('machines');
  await page.keyboard.press('/');
  await page.keyboard.type('nobody');
  await page.getByTestId('no-match').waitFor();
  assert.equal(new URL(page.url()).search, '?q=nobody');
  await page.getByRole('link', { name: 'Clear filter' }).click();
  await page.getByTestId('machine-row').waitFor();
});

test('a machine nobody knows is an answer, not a fault', async () => {
  await page.goto(at('/hosts/no-such-machine'));
  await page.getByRole('link', { name: 'All machines' }).waitFor();
  assert.match(await headline().innerText(), /no-such-machine/);
  await picture('unknown');
});

for (const path of ['/', '/hosts', '/findings', machinePath]) {
  test(`${path.length > 10 ? 'the machine page' : path} has no sideways scroll at any width`, async () => {
    await page.goto(at(path));
    await headline().waitFor();
    await page
      .getByTestId(path === machinePath ? 'port-row' : 'headline')
      .first()
      .waitFor();
    for (const width of [320, 390, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(beyond, 0, `${width} px`);
    }
  });
}

for (const path of ['/', machinePath]) {
  test(`the first load of ${path === '/' ? 'the fleet' : 'the machine page'} is at most 60 kB over the wire`, async (test) => {
    const context = await browser.newContext();
    const fresh = await context.newPage();
    const last = fresh.getByTestId(path === '/' ? 'facts' : 'event').first();
    const { files, answers } = await firstLoad(fresh, at(path), () => last.waitFor());
    await context.close();
    test.diagnostic(`${files} bytes of files, ${answers} of answers`);
    assert.ok(files <= 60_000, `${files} bytes of HTML, CSS and JavaScript`);
  });
}

test('now is the server’s, whatever the browser’s clock says', async () => {
  const other = await browser.newPage();
  await other.addInitScript('{ const now = Date.now; Date.now = () => now() + 3 * 3_600_000; }');
  await other.goto(at(machinePath));
  const clock = other.getByTestId('clock').filter({ hasText: /\d\d:\d\d:\d\d/ });
  await clock.waitFor();
  const shown = Date.parse(`${new Date().toISOString().slice(0, 11)}${(await clock.innerText()).slice(0, 8)}Z`);
  assert.ok(Math.abs(shown - Date.now()) < 3000, new Date(shown).toISOString());
  await other.close();
});

test('a machine whose agent was stopped keeps its ports and says so, until it reports again', async () => {
  await page.goto(at(machinePath));
  await page.getByTestId('port-row').first().waitFor();
  await agent.stop();
  const banner = page.getByTestId('banner').filter({ hasText: 'was stopped' });
  await banner.waitFor({ timeout: PROMISED_MS });
  assert.ok((await page.getByTestId('port-row').count()) > 0);
  await picture('left');
  agent = await started(startAgent(places, NAME));
  await banner.waitFor({ state: 'detached', timeout: 5000 });
});

test('a killed server: the page says so in the past tense, and recovers within 2 s of its return without a reload', async () => {
  await page.goto(at('/'));
  await headline().filter({ hasText: WELL }).waitFor();
  await page.evaluate('window.notReloaded = true');
  await server.stop('SIGKILL');
  await page.getByTestId('banner').filter({ hasText: 'Live updates stopped.' }).waitFor({ timeout: 13_500 });
  assert.match(await headline().innerText(), WAS_WELL);
  assert.match(await page.getByTestId('live-state').innerText(), /^Stopped \d+ s ago$/);
  await picture('stopped');
  server = await started(startServer(places));
  await page.getByTestId('banner').waitFor({ state: 'detached', timeout: PROMISED_MS });
  await headline().filter({ hasText: WELL }).waitFor({ timeout: PROMISED_MS });
  assert.equal(await page.evaluate('window.notReloaded'), true);
});

test('without a session the page offers to sign in, and comes back to the same address', async () => {
  const guarded = { ...places, serverPort: await freePort(), stateDir: join(places.stateDir, 'guarded') };
  const tokenFile = join(places.stateDir, 'read-token');
  await writeFile(tokenFile, 'alice:a-token-only-for-this-test-0123456789\n', { mode: 0o600 });
  const other = await started(startServer(guarded, ['--read-token-file', tokenFile]));
  const address = `http://127.0.0.1:${guarded.serverPort}/hosts?q=web&tz=local`;
  await page.goto(address);
  await page.getByText('Sign in to see the fleet.').waitFor();
  await picture('sign-in');
  await page.getByLabel('Token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Token').fill('a-token-only-for-this-test-0123456789');
  await page.keyboard.press('Enter');
  await page.getByTestId('no-match').waitFor();
  await page.getByTestId('live-state').filter({ hasText: 'Live' }).waitFor();
  assert.equal(page.url(), address);
  await other.stop();
});

test('no page ever failed or broke its own content security policy', () => {
  assert.deepEqual(faults, []);
});
