import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { proxyFor, type Environment } from './proxy.ts';

const SERVER = 'https://portlight.example.com:9621';
const PROXY = 'http://proxy.example.com:3128/';

suite('which proxy', () => {
  const cases: [string, string, string | null, Environment, string | null][] = [
    ['none is none', SERVER, null, {}, null],
    ['the one that is given', SERVER, PROXY, { HTTPS_PROXY: 'http://other:1' }, PROXY],
    ['one that is given serves http', 'http://portlight.example.com', PROXY, {}, PROXY],
    ['that of the environment', SERVER, null, { HTTPS_PROXY: PROXY }, PROXY],
    ['in small letters', SERVER, null, { https_proxy: PROXY }, PROXY],
    ['without its scheme', SERVER, null, { HTTPS_PROXY: 'proxy.example.com:3128' }, PROXY],
    ['that of the environment is not for http', 'http://portlight.example.com', null, { HTTPS_PROXY: PROXY }, null],
    ['nor for this machine', 'https://localhost:9621', null, { HTTPS_PROXY: PROXY }, null],
    ['an exception of its name', SERVER, null, { HTTPS_PROXY: PROXY, NO_PROXY: 'a,portlight.example.com' }, null],
    ['with its port', SERVER, null, { HTTPS_PROXY: PROXY, NO_PROXY: 'portlight.example.com:9621' }, null],
    ['of what is above it', SERVER, null, { HTTPS_PROXY: PROXY, no_proxy: ' .Example.com ' }, null],
    ['of everything', SERVER, null, { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, null],
    ['of another name', SERVER, null, { HTTPS_PROXY: PROXY, NO_PROXY: 'light.example.com,other' }, PROXY],
  ];
  for (const [name, server, given, env, expected] of cases) {
    test(name, () => {
      const proxy = proxyFor(new URL(server), given === null ? null : new URL(given), env);
      assert.equal(proxy?.href ?? null, expected);
    });
  }

  test('one that cannot be understood is told without its password', () => {
    const env = { HTTPS_PROXY: 'socks5://me:s3cret@proxy:1080' };
    assert.throws(() => proxyFor(new URL(SERVER), null, env), /^Error: expected HTTPS_PROXY to be a URL such as http:/);
  });
});
