import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectationsDocument, ExpectationsView, HostView } from '@portlight/server/views';
import { chromium, type Browser, type Page } from 'playwright-core';
import { install, run, type Running } from './careless-server.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { takePictures } from './pictures.ts';
import { freePort, freePorts, startAgent, startServer, type Places, type Program } from './programs.ts';

/** A service is declared in a real browser, a real agent judges a real program by it. The tests follow each other. */
const NAME = 'declared-01';
/** A copy of Node by a name of its own, so that no other program here is meant. */
const PROGRAM = 'shopkeeper';
/** Until an agent has what was declared and has told what it finds; generous, as the machine may be busy. */
const HANDED = { timeout: 60_000 };

let places: Places;
let browser: Browser;
let page: Page;
let shop: Running;
/** Where the shop is declared to be, and is not. */
let elsewhere: number;
const faults: string[] = [];
const ends: (() => Promise<void>)[] = [];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-declared-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  places = { serverPort: await freePort(), agentPort: await freePort(), stateDir };
  await started(startServer(places));
  const first = await freePorts(12);
  elsewhere = first + 11;
  shop = await run(await install(stateDir, 'shop', PROGRAM), first);
  ends.push(() => shop.end());
  await started(startAgent(places, NAME));
  browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  page = await browser.newPage({
    viewport: { width: 1440, height: 1000 },
    colorScheme: 'light',
    acceptDownloads: true,
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

async function started(starting: Promise<Program>): Promise<void> {
  const program = await starting;
  ends.push(() => program.stop());
}

const at = (path: string) => `http://127.0.0.1:${places.serverPort}${path}`;
const PAGE = '/settings/expectations';
const button = (name: string | RegExp) => page.getByRole('button', { name });
const field = (name: string) => page.locator(`#service-${name}`);
const serviceRow = (name: string) => page.locator(`[data-service="${name}"]`);
/** Of the finding about the shop: other tests on this machine may have others. */
const findingRow = () => page.getByTestId('finding-row').filter({ hasText: PROGRAM });

async function stored(): Promise<ExpectationsView> {
  return (await (await fetch(at('/api/v1/expectations'))).json()) as ExpectationsView;
}

/** Waits until the server has heard of that port. */
async function known(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { snapshot } = (await (await fetch(at(`/api/v1/hosts/${NAME}`))).json()) as Partial<HostView>;
    if (snapshot?.listeners.some((listener) => listener.port === port)) return;
    await pause(100);
  }
  throw new Error(`${port} was not reported.`);
}

async function storeElsewhere(document: ExpectationsDocument): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(at('/api/v1/expectations'), { method: 'PUT', headers, body: JSON.stringify(document) });
  assert.equal(response.status, 200, await response.text());
}

test('what cannot be declared is told beside its field, and nothing is stored', async () => {
  await page.goto(at('/hosts'));
  await page.getByRole('link', { name: 'Expectations' }).first().click();
  await page.getByTestId('no-services').waitFor();
  await takePictures(page, 'expectations-empty');
  await button('Add service').press('Enter');
  // The first field has the focus: no pointer is needed from here on.
  await page.keyboard.type('the shop');
  await page.keyboard.press('Tab');
  await page.keyboard.type('127.0.0.1:99999');
  await page.keyboard.press('Enter');
  await page.getByTestId('field-fault').nth(1).waitFor();
  const told = await page.getByTestId('field-fault').allInnerTexts();
  assert.match(told[0] ?? '', /^expected a name/);
  assert.match(told[1] ?? '', /^expected a port from 1 to 65535/);
  assert.equal(await field('places').getAttribute('aria-invalid'), 'true');
  await takePictures(page, 'expectations-faults');
  assert.equal((await stored()).revision, 0);
});

test('a declaration says what it would find before it is saved', async () => {
  // Only what the machine was last known to have can be looked at.
  await known(shop.port);
  await field('name').fill('shop');
  await field('places').fill(`127.0.0.1:${elsewhere}`);
  await field('exe').fill(PROGRAM);
  await field('hosts').fill('declared-*');
  await button('Preview').click();
  await page.getByTestId('preview').filter({ hasText: 'Would open 1 finding on 1 machine.' }).waitFor();
  await page
    .getByTestId('would-open')
    .filter({ hasText: PROGRAM })
    .filter({ hasText: String(elsewhere) })
    .waitFor();
  assert.equal(await page.getByTestId('changes').innerText(), 'Adds shop.');
  assert.match(await serviceRow('shop').innerText(), /not saved/);
  await takePictures(page, 'expectations-preview');
  assert.equal((await stored()).revision, 0);
  await button('Save').click();
  await page
    .getByTestId('revision')
    .filter({ hasText: /^Revision 1, changed .+ by local\./ })
    .waitFor();
  await page.getByTestId('draft').waitFor({ state: 'detached' });
  assert.deepEqual((await stored()).services, [
    { name: 'shop', places: [`127.0.0.1:${elsewhere}`], exe: PROGRAM, hosts: ['declared-*'] },
  ]);
});

test('the agent judges by it: the program is off its port', async () => {
  await page.goto(at('/'));
  await findingRow()
    .filter({ hasText: `should be on ${elsewhere}` })
    .waitFor(HANDED);
});

test('pinned as expected from its row, the finding closes', async () => {
  const row = findingRow();
  if ((await row.getByTestId('finding-body').count()) === 0) await row.getByRole('button').first().click();
  await row.getByRole('button', { name: 'Pin as expected' }).press('Enter');
  const panel = row.getByTestId('pin-panel');
  await panel
    .getByTestId('pin-declares')
    .filter({ hasText: `shop` })
    .filter({ hasText: String(shop.port) })
    .waitFor();
  await panel.getByTestId('preview').filter({ hasText: 'Would close 1 finding.' }).waitFor();
  await panel.getByLabel('On every machine').check();
  await panel.getByTestId('pin-declares').filter({ hasText: 'for' }).waitFor();
  await panel.getByLabel(`On ${NAME} only`).check();
  await panel.getByTestId('preview').filter({ hasText: 'Would close 1 finding.' }).waitFor();
  await takePictures(page, 'expectations-pin');
  assert.equal((await stored()).revision, 1);
  await panel.getByRole('button', { name: 'Pin', exact: true }).click();
  await panel.getByTestId('pinned').filter({ hasText: 'Pinned as revision 2.' }).waitFor();
  await page.getByTestId('headline').click();
  await findingRow().waitFor({ state: 'detached', ...HANDED });
});

test('an earlier revision is brought back by way of a preview', async () => {
  await page.goto(at(PAGE));
  await button('Bring back revision 1').click();
  await page.getByTestId('changes').filter({ hasText: 'Changes shop.' }).waitFor();
  await page.getByTestId('preview').filter({ hasText: 'Would open 1 finding on 1 machine.' }).waitFor();
  await button('Discard').click();
  await page.getByTestId('draft').waitFor({ state: 'detached' });
  assert.equal((await stored()).revision, 2);
});

test('what others stored meanwhile is told and taken in', async () => {
  await button('Change shop').click();
  await field('user').fill('nobody-of-this-test');
  await button('Preview').click();
  await page.getByTestId('changes').filter({ hasText: 'Changes shop.' }).waitFor();
  const { services } = await stored();
  await storeElsewhere({ format: 1, services: [...services, { name: 'till', places: ['127.0.0.1:9'] }] });
  await button('Save').click();
  await page.getByTestId('conflict').waitFor();
  await takePictures(page, 'expectations-conflict');
  await button('Take the newer ones in').click();
  await page.getByTestId('conflict').waitFor({ state: 'detached' });
  await button('Save').click();
  await page.getByTestId('revision').filter({ hasText: 'Revision 4' }).waitFor();
  const after = (await stored()).services;
  assert.deepEqual(
    after.map(({ name, user }) => [name, user]),
    [
      ['shop', 'nobody-of-this-test'],
      ['till', undefined],
    ],
  );
});

test('the file that is downloaded can be changed and uploaded', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'portlight-expectations.json');
  const file = join(places.stateDir, 'expectations.json');
  await download.saveAs(file);
  const document = JSON.parse(await readFile(file, 'utf8')) as ExpectationsDocument;
  assert.deepEqual(
    document.services.map(({ name }) => name),
    ['shop', 'till'],
  );
  const input = page.getByLabel('File of expectations');
  await writeFile(file, JSON.stringify({ format: 1, services: [{ name: 'shop', places: [] }] }));
  await input.setInputFiles(file);
  await page.getByTestId('faults').filter({ hasText: 'shop, places: expected 1 to 32 of them' }).waitFor();
  await writeFile(file, 'no JSON');
  await input.setInputFiles(file);
  await page.getByRole('alert').filter({ hasText: 'That file is no JSON.' }).waitFor();
  await writeFile(file, JSON.stringify({ ...document, services: document.services.slice(0, 1) }));
  await input.setInputFiles(file);
  await page.getByTestId('changes').filter({ hasText: 'Removes till.' }).waitFor();
  await button('Save').click();
  await serviceRow('till').waitFor({ state: 'detached' });
  await page.getByTestId('revision').filter({ hasText: 'Revision 5' }).waitFor();
  assert.equal((await stored()).services.length, 1);
  await takePictures(page, 'expectations');
});

test('the page has no sideways scroll at any width, and its targets are large enough', async () => {
  const { services } = await stored();
  const long = {
    name: 'n'.repeat(63),
    places: ['[2001:db8:1111:2222:3333:4444:5555:6666]:65535'],
    exe: 'e'.repeat(200),
  };
  await storeElsewhere({ format: 1, services: [...services, long] });
  await page.reload();
  await serviceRow(long.name).waitFor();
  await button('Add service').click();
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.equal(beyond, 0, `${width} px`);
    const heights = await page
      .locator('main button:visible, main input:visible:not([type=file])')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
    assert.ok(Math.min(...heights) >= 24, `${width} px: ${heights.join(' ')}`);
  }
});

test('who may only read sees what is declared, and no button that would change it', async () => {
  const tokenFile = join(places.stateDir, 'tokens');
  const token = 'a-read-token-only-for-this-test-0123456789';
  await writeFile(tokenFile, `alice:${token}\n`, { mode: 0o600 });
  const stateDir = join(places.stateDir, 'guarded');
  const guarded = { serverPort: await freePort(), agentPort: 0, stateDir };
  await started(startServer(guarded, ['--read-token-file', tokenFile]));
  const reader = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  await reader.goto(`http://127.0.0.1:${guarded.serverPort}${PAGE}`);
  await reader.getByLabel('Token').fill(token);
  await reader.getByRole('button', { name: 'Sign in' }).click();
  await reader.getByTestId('revision').filter({ hasText: 'changing it takes an admin token' }).waitFor();
  assert.equal(await reader.getByRole('link', { name: 'Download' }).count(), 1);
  assert.equal(await reader.locator('main button').count(), 0);
  await reader.close();
});

test('no page ever failed or broke its own content security policy', () => {
  assert.deepEqual(faults, []);
});
