import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { holder, listener } from '../../test/snapshots.ts';
import { type Expectation, type Listener } from '../contract.ts';
import { withServices } from './services.ts';

const WEB: Expectation = {
  name: 'web',
  places: [
    { address: '127.0.0.1', port: 3000 },
    { address: '127.0.0.1', port: 3100 },
  ],
  unit: null,
  exe: null,
  user: null,
};

suite('the service of a listener', () => {
  const cases: readonly (readonly [string, Listener, Partial<Expectation>, string | null])[] = [
    ['at its place', listener({}), {}, 'web'],
    ['at an alternative', listener({ port: 3100 }), {}, 'web'],
    ['on another port', listener({ port: 3001 }), {}, null],
    ['on every interface, the place among them', listener({ address: '0.0.0.0' }), {}, 'web'],
    ['on another address', listener({ address: '127.0.0.2' }), {}, null],
    ['of another protocol', listener({ protocol: 'udp' }), {}, null],
    ['in another network namespace', listener({ isHostNamespace: false }), {}, null],
    ['with the holder that is wanted', listener({}), { unit: 'web.service', exe: 'node', user: 'web' }, 'web'],
    [
      'with a worker that is wanted',
      listener({ holders: [holder({ user: 'root' }), holder({ pid: 2 })] }),
      { user: 'web' },
      'web',
    ],
    ['with another holder', listener({}), { exe: '/usr/bin/java' }, null],
    ['with an unknown holder', listener({ holders: [], holdersUnknown: 'denied' }), {}, 'web'],
    [
      'with an unknown holder and a wanted one',
      listener({ holders: [], holdersUnknown: 'denied' }),
      { exe: 'node' },
      null,
    ],
  ];
  for (const [what, one, wanted, service] of cases) {
    test(what, () => assert.equal(withServices([one], [{ ...WEB, ...wanted }])[0]?.service, service));
  }

  test('the first that fits names it; where none fits, the listener stays the same object', () => {
    const [web, other] = [listener({}), listener({ port: 5432 })];
    const named = withServices([web, other], [{ ...WEB, exe: 'java' }, { ...WEB, name: 'shop' }, WEB]);
    assert.deepEqual([named[0]?.service, named[1]], ['shop', other]);
    assert.equal(named[1], other);
  });
});
