import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { StartFault } from '../src/refusal.ts';
import { makePair, shownName, type Pair } from './certificates.ts';
import { temporaryFolder, trialServer, withTokens } from './trial-server.ts';

function tlsOptions({ cert, key }: Pair): readonly string[] {
  return ['--tls-cert-file', cert, '--tls-key-file', key];
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(url: string, ca: string, method = 'GET', body = ''): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const sent = request(url, { ca, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
    });
    sent.once('error', reject).end(body);
  });
}

function pairOf(context: TestContext): { readonly folder: string; readonly pair: Pair } {
  const folder = temporaryFolder(context);
  return { folder, pair: makePair(folder, 'first') };
}

test('with a certificate the server answers by HTTPS, says so for the future, and its cookie keeps to it', async (context) => {
  const { pair } = pairOf(context);
  const server = await trialServer(context, [...tlsOptions(pair), ...withTokens(context)]);
  assert.match(server.url, /^https:/);
  const ca = readFileSync(pair.cert, 'utf8');
  const page = await ask(`${server.url}/readyz`, ca);
  assert.deepEqual([page.status, page.headers['strict-transport-security']], [200, 'max-age=31536000']);
  const body = JSON.stringify({ token: 'a-read-token-of-this-test' });
  const signedIn = await ask(`${server.url}/api/v1/session`, ca, 'POST', body);
  assert.match(String(signedIn.headers['set-cookie']), /; Secure; SameSite=Strict$/);
});

test('without a certificate nothing is said of HTTPS', async (context) => {
  const server = await trialServer(context);
  assert.equal((await server.get('/readyz')).headers.get('strict-transport-security'), null);
});

test('older protocols than TLS 1.2 are refused', async (context) => {
  const { pair } = pairOf(context);
  const server = await trialServer(context, tlsOptions(pair));
  assert.equal(await shownName(server.url, { maxVersion: 'TLSv1.2' }), 'first');
  // Security level 0: else this side would not even try.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  await assert.rejects(shownName(server.url, old), /alert|protocol/i);
});

async function untilShown(url: string, name: string): Promise<void> {
  const until = performance.now() + 30_000;
  while ((await shownName(url)) !== name && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(await shownName(url), name);
}

test('a renewed certificate is used without a restart', async (context) => {
  const { folder, pair } = pairOf(context);
  const server = await trialServer(context, [...tlsOptions(pair)]);
  const renewed = makePair(folder, 'renewed');
  renameSync(renewed.key, pair.key);
  renameSync(renewed.cert, pair.cert);
  await untilShown(server.url, 'renewed');
});

test('a connection that never finishes its handshake does not keep the server from ending', async (context) => {
  const { pair } = pairOf(context);
  const server = await trialServer(context, tlsOptions(pair));
  const { hostname: host, port } = new URL(server.url);
  const half = connect({ host, port: Number(port) });
  context.after(() => half.destroy());
  await new Promise((resolve) => half.once('connect', resolve));
  await ask(`${server.url}/readyz`, readFileSync(pair.cert, 'utf8'));
  const from = performance.now();
  await server.stop();
  assert.ok(performance.now() - from < 3_000);
});

const SPOILT: readonly (readonly [string, (pair: Pair, folder: string) => Pair, RegExp])[] = [
  ['a certificate that is not there', ({ key }, folder) => ({ cert: join(folder, 'none'), key }), /ENOENT.*none/],
  ['a key in place of the certificate', ({ key }) => ({ cert: key, key }), /first-key\.pem holds no certificate/],
  ['a certificate in place of the key', ({ cert }) => ({ cert, key: cert }), /first\.pem holds no key/],
  [
    'a key of another certificate',
    ({ cert }, folder) => ({ cert, key: makePair(folder, 'other').key }),
    /other-key\.pem holds no key in PEM form that fits .*first\.pem/,
  ],
];

for (const [what, spoil, expected] of SPOILT) {
  test(`${what} ends the start with what is wrong`, async (context) => {
    const { folder, pair } = pairOf(context);
    await assert.rejects(
      trialServer(context, tlsOptions(spoil(pair, folder))),
      (fault: unknown) => fault instanceof StartFault && fault.exitCode === 2 && expected.test(fault.message),
    );
  });
}
