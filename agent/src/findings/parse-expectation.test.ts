import { type Expectation } from '../contract.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parseExpectation, parsePlace, repeatedNames } from './parse-expectation.ts';

const WEB: Expectation = {
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
};

suite('an expectation', () => {
  const cases: readonly (readonly [string, Expectation])[] = [
    ['web=127.0.0.1:3000', WEB],
    ['web=127.0.0.1:3000|127.0.0.1:3100', { ...WEB, places: [...WEB.places, { address: '127.0.0.1', port: 3100 }] }],
    ['web=[::1]:80', { ...WEB, places: [{ address: '::1', port: 80 }] }],
    ['web=[0:0:0:0:0:0:0:1]:80', { ...WEB, places: [{ address: '::1', port: 80 }] }],
    ['web=[::FFFF:127.0.0.1]:80', { ...WEB, places: [{ address: '::ffff:127.0.0.1', port: 80 }] }],
    ['web=127.0.0.1:3000,unit=web.service', { ...WEB, unit: 'web.service' }],
    ['web=127.0.0.1:3000,unit=web', { ...WEB, unit: 'web.service' }],
    ['web=127.0.0.1:3000,user=www-data,exe=/usr/bin/node', { ...WEB, user: 'www-data', exe: '/usr/bin/node' }],
    ['web=127.0.0.1:3000,exe=node', { ...WEB, exe: 'node' }],
    ['a.b_c-1=0.0.0.0:65535', { ...WEB, name: 'a.b_c-1', places: [{ address: '0.0.0.0', port: 65535 }] }],
  ];
  for (const [text, expected] of cases) {
    test(text, () => assert.deepEqual(parseExpectation(text), { kind: 'value', value: expected }));
  }
});

suite('a fault of an expectation is one clear sentence', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['web', /^NAME=ADDRESS:PORT such as web=127\.0\.0\.1:3000$/],
    ['=127.0.0.1:3000', /^before the = a name/],
    ['-web=127.0.0.1:3000', /^before the = a name/],
    [`${'w'.repeat(64)}=127.0.0.1:3000`, /^before the = a name of 1 to 63/],
    ['web=3000', /^ADDRESS:PORT such as/],
    ['web=localhost:3000', /^an address such as 127\.0\.0\.1 or \[::1\] and no name$/],
    ['web=:3000', /no name; 0\.0\.0\.0 or \[::\] is every interface$/],
    ['web=*:3000', /0\.0\.0\.0 or \[::\] is every interface$/],
    ['web=::1:3000', /^an IPv6 address in brackets: \[::1\]:PORT$/],
    ['web=[127.0.0.1]:3000', /^brackets around IPv6 addresses only$/],
    ['web=[fe80::1%eth0]:3000', /^an address such as/],
    ['web=127.0.0.1:0', /^a port from 1 to 65535/],
    ['web=127.0.0.1:65536', /^a port from 1 to 65535/],
    ['web=127.0.0.1:http', /^a port from 1 to 65535/],
    ['web=127.0.0.1:3000|', /^ADDRESS:PORT such as/],
    ['web=127.0.0.1:3000,group=x', /^only unit=, exe= and user=/],
    ['web=127.0.0.1:3000,', /^only unit=, exe= and user=/],
    ['web=127.0.0.1:3000,unit=a,unit=b', /^unit= once$/],
    ['web=127.0.0.1:3000,unit=$(reboot)', /^a unit such as web\.service after unit=$/],
    ['web=127.0.0.1:3000,exe=bin/node', /^an absolute path, or a name/],
    ['web=127.0.0.1:3000,user=', /^a user’s name or uid after user=$/],
  ];
  for (const [text, expected] of cases) {
    test(text, () => {
      const parsed = parseExpectation(text);
      assert.match(parsed.kind === 'fault' ? parsed.expected : 'no fault', expected);
    });
  }

  test('a name given twice', () => {
    assert.deepEqual(repeatedNames([WEB, { ...WEB, name: 'api' }]), []);
    assert.match(repeatedNames([WEB, WEB, WEB]).join('\n'), /^--expect web=…: expected each name once[^\n]*$/);
  });
});

test('a place written from its address and port is read as that place', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 65535 }), (address, port) => {
      assert.deepEqual(parsePlace(`${address}:${port}`), { kind: 'value', value: { address, port } });
    }),
  );
});
