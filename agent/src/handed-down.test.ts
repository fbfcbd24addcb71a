import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Expectation, HandedExpectations } from './contract.ts';
import type { Expected } from './findings/judgement.ts';
import { HandedDown } from './handed-down.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-handed-'));
after(() => rmSync(folder, { recursive: true }));

const service = (name: string, port: number): Expectation => ({
  name,
  places: [{ address: '127.0.0.1', port }],
  unit: null,
  exe: null,
  user: null,
});
const handed: HandedExpectations = {
  version: 'v1',
  services: [service('web', 3000)],
  homes: [{ programKey: 'node /srv/web/server.js', address: '127.0.0.1', port: 3000, support: '192 of 200' }],
};

function opened(name: string, own: readonly Expectation[] = []) {
  const changes: Expected[] = [];
  const file = join(folder, name);
  return { file, changes, down: new HandedDown({ file, own, onChange: (expected) => changes.push(expected) }) };
}

test('what is handed down counts at once, is kept for the owner alone, and is there at the next start', () => {
  const { file, changes, down } = opened('kept.json');
  assert.deepEqual([down.version, down.expected], [null, { services: [], homes: [] }]);
  down.take(handed);
  assert.deepEqual(changes, [{ services: handed.services, homes: handed.homes }]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = opened('kept.json').down;
  assert.deepEqual([again.version, again.expected], ['v1', { services: handed.services, homes: handed.homes }]);
});

test('a service of the machine gives way to the one of that name that was handed down, the others stay', () => {
  const { down } = opened('own.json', [service('web', 8080), service('db', 5432)]);
  down.take(handed);
  assert.deepEqual(down.expected.services, [service('db', 5432), service('web', 3000)]);
  down.take({ version: 'v2', services: [], homes: [] });
  assert.deepEqual(down.expected.services, [service('web', 8080), service('db', 5432)]);
});

for (const [what, value] of Object.entries({
  'no object': 'expect web',
  'no version': { ...handed, version: '' },
  'a version without end': { ...handed, version: 'v'.repeat(65) },
  'a service without a place': { ...handed, services: [{ ...service('web', 1), places: [] }] },
  'a service on a name instead of an address': {
    ...handed,
    services: [{ ...service('web', 1), places: [{ address: 'localhost', port: 1 }] }],
  },
  'a port beyond the last': { ...handed, services: [service('web', 65_536)] },
  'a selector that is no text': { ...handed, services: [{ ...service('web', 1), unit: 7 }] },
  'a home without its support': { ...handed, homes: [{ programKey: 'x y', address: '::1', port: 1 }] },
  'more services than anyone declares': { ...handed, services: Array.from({ length: 1_001 }, () => service('web', 1)) },
})) {
  test(`${what}: what was there before stays, and it is said`, () => {
    const { changes, down } = opened(`${what}.json`);
    down.take(handed);
    down.take(value);
    assert.deepEqual([down.version, changes.length], ['v1', 1]);
    assert.match(down.trouble ?? '', /cannot be understood/);
  });
}

test('a damaged file is as none: the aggregator hands it down again', () => {
  const { file, down } = opened('damaged.json');
  down.take(handed);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
  assert.equal(opened('damaged.json').down.version, null);
});

test('a state directory that cannot be written is said, and what was handed down counts all the same', () => {
  writeFileSync(join(folder, 'file'), '');
  const { changes, down } = opened('file/expectations.json');
  down.take(handed);
  assert.match(down.trouble ?? '', /not kept/);
  assert.equal(changes.length, 1);
});
