import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Finding, FindingKind, Listener } from '@portlight/server/views';
import { chromium, type Browser, type Page } from 'playwright-core';
import { drift } from '../src/test/findings.ts';
import { ONE_OF_EACH_KIND, wedged } from '../src/test/other-findings.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { takePictures } from './pictures.ts';
import { freePort, startServer } from './programs.ts';
import { listenerOn, pushMachine } from './pushed-machine.ts';

/** Findings of every kind, pushed to a real server as an agent would, in a real browser. Each kind has a machine of its own. */
let server: string;
let browser: Browser;
let page: Page;
const faults: string[] = [];
const ends: (() => Promise<void>)[] = [];

/** What a kind is told by, beside its texts. */
const LOOKS: Readonly<Record<FindingKind, { readonly shape: string; readonly tags: readonly string[] }>> = {
  drift: { shape: 'drift', tags: ['Stale holder', 'Drift'] },
  ladder: { shape: 'ladder', tags: ['Stale holder', 'Ladder', 'Ladder, newest'] },
  'stale-holder': { shape: 'stale', tags: ['Stale holder'] },
  wedged: { shape: 'wedged', tags: ['Wedged'] },
  cycling: { shape: 'cycling', tags: ['Cycling'] },
  missing: { shape: 'missing', tags: [] },
  'wrong-holder': { shape: 'critical', tags: ['Wrong holder'] },
  'shared-port': { shape: 'warning', tags: ['Shared port'] },
  exposed: { shape: 'exposed', tags: ['Exposed'] },
  leak: { shape: 'warning', tags: ['Leak'] },
  'outdated-executable': { shape: 'notice', tags: ['Outdated executable'] },
  forecast: { shape: 'warning', tags: [] },
};

const nameOf = (kind: FindingKind) => `${kind}-01`;
const idOf = (index: number, letter: string) => letter.repeat(14) + String(index).padStart(2, '0');
const FINDINGS: readonly Finding[] = ONE_OF_EACH_KIND.map((finding, index) => ({
  ...finding,
  id: idOf(index, 'a'),
  groupId: idOf(index, 'b'),
}));

/** The sockets a kind is about, where that is not one on the finding's own port. */
const SOCKETS: Readonly<Partial<Record<FindingKind, readonly Listener[]>>> = {
  drift: [listenerOn(3000, 18231), listenerOn(3001, 20114)],
  ladder: [listenerOn(3000, 18231), listenerOn(3001, 20114), listenerOn(3002, 20377)],
  missing: [],
  exposed: [listenerOn(6379, 18231, { address: '0.0.0.0', exposure: 'any' })],
  leak: [listenerOn(7001, 18231)],
};
const listenersOf = ({ kind, port }: Finding): readonly Listener[] => [
  ...(SOCKETS[kind] ?? [listenerOn(port ?? 3000, 18231)]),
  listenerOn(22, 988),
];

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'portlight-kinds-'));
  ends.push(() => rm(stateDir, { recursive: true, force: true }));
  const serverPort = await freePort();
  server = `http://127.0.0.1:${serverPort}`;
  const running = await startServer({ serverPort, agentPort: 0, stateDir });
  ends.push(() => running.stop());
  browser = await chromium.launch({ executablePath: findChromium(process.env), args: CHROMIUM_ARGS });
  ends.push(() => browser.close());
  page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

const headline = () => page.getByTestId('headline');

test('machines that do not answer are the headline while no server is off its port', async () => {
  for (const [index, name] of ['mute-01', 'mute-02'].entries()) {
    const finding = wedged({ id: idOf(index, 'c'), groupId: idOf(0, 'd') });
    await pushMachine(server, { name, findings: [finding], listeners: [listenerOn(8080, 18231)] });
  }
  await pushMachine(server, { name: 'well-01', findings: [], listeners: [listenerOn(22, 988)] });
  await page.goto(server);
  await headline().filter({ hasText: '2 of 3 machines hold their port but do not answer, all in mute.' }).waitFor();
  assert.equal(await page.title(), '2 not answering · Portlight');
  assert.equal(await page.getByTestId('why').innerText(), wedged().why);
  assert.match(await page.getByTestId('fact-spread').innerText(), /2 of 2 machines/);
  await takePictures(page, 'mute-fleet');
  for (const name of ['mute-01', 'mute-02']) await pushMachine(server, { name, findings: [], listeners: [] }, 2);
  await headline().filter({ hasText: 'All 3 machines serve on their ports.' }).waitFor();
});

for (const finding of FINDINGS) {
  const { kind, title, subtitle, sentence, evidence, steps } = finding;
  test(`${kind} is told in the list, in full and on its machine`, async () => {
    const name = nameOf(kind);
    await pushMachine(server, { name, findings: [finding], listeners: listenersOf(finding) });
    await page.goto(`${server}/findings/${finding.groupId}`);
    const row = page.locator(`[data-finding="${finding.groupId}"]`);
    await row.getByTestId('finding-body').waitFor();
    const text = await row.innerText();
    for (const told of [title, subtitle, '1 of 1', ...evidence]) assert.ok(text.includes(told), `${told} in ${text}`);
    assert.equal(await row.getByTestId('cmd').count(), steps.length);
    const cell = page.getByTestId('map-host').filter({ hasText: name });
    assert.equal(await cell.getAttribute('data-state'), LOOKS[kind].shape);
    await page.goto(`${server}/hosts/${name}`);
    await headline().filter({ hasText: sentence }).waitFor();
    assert.equal(await page.title(), `${name}: ${finding.label} · Portlight`);
    assert.deepEqual((await page.getByTestId('finding-tag').allInnerTexts()).toSorted(), LOOKS[kind].tags.toSorted());
    await takePictures(page, `kind-${kind}-machine`);
  });
}

test('on the machine page every other finding is a row, with what explains it and how often it came', async () => {
  const since = new Date(Date.now() - 185_000).toISOString();
  const cause = { kind: 'wedged', port: 3000, pid: 18231, since } as const;
  const missing = { kind: 'missing', port: 3000, pid: null, since } as const;
  const first = drift({
    id: idOf(0, 'e'),
    since: '2026-11-23T02:00:00.000Z',
    causes: [...drift().causes, cause, missing],
    subtitle: 'Drift · web.service · flapping, opened 4 times since 02:41:09 UTC',
    flapping: { count: 4, since },
  });
  const others = FINDINGS.filter(({ kind }) => kind !== 'drift');
  const listeners = [listenerOn(3000, 18231), listenerOn(3001, 20114)];
  await pushMachine(server, { name: 'all-01', findings: [first, ...others], listeners });
  await page.goto(`${server}/hosts/all-01`);
  await page.getByTestId('other-finding').first().waitFor();
  assert.equal(await page.getByTestId('other-finding').count(), others.length);
  const head = page.getByTestId('badges').first();
  assert.match(
    (await head.innerText()).replace(/\s+/g, ' '),
    /flapping · opened 4 times in 3 min .*Stale holder Wedged Missing/,
  );
  for (const { id, title } of others) {
    await page.goto(`${server}/hosts/all-01?sel=${id}`);
    await page
      .getByTestId('other-finding')
      .filter({ hasText: title, has: page.getByTestId('evidence') })
      .waitFor();
  }
  await takePictures(page, 'all-kinds-machine');
});

test('no page of any kind scrolls sideways', async () => {
  for (const path of ['/', '/findings', '/hosts/all-01', '/?view=list']) {
    await page.goto(server + path);
    await headline().waitFor();
    if (path === '/findings') await takePictures(page, 'all-kinds-findings');
    if (path === '/') await takePictures(page, 'all-kinds-fleet');
    for (const width of [320, 390, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(beyond, 0, `${path} at ${width} px`);
    }
  }
});

test('no page ever failed or broke its own content security policy', () => {
  assert.deepEqual(faults, []);
});
