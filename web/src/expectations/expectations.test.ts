import assert from 'node:assert/strict';
import test from 'node:test';
import type { ExpectationsPreview, ServiceDeclaration } from '@portlight/server/views';
import { drift, groupOf } from '../test/findings.ts';
import { changesBetween, changesSentence, rebased, withoutService, withService } from './document-changes.ts';
import { declarationOf } from './learned-home.ts';
import { pinOf, pinScopes } from './pin-scopes.ts';
import { checkedText, previewSentence, reachSentence } from './preview-sentences.ts';
import { serviceFaults } from './service-faults.ts';
import { fieldsOf, NO_FIELDS, serviceOf } from './service-fields.ts';
import { holderWords, machineWords } from './service-words.ts';

const web: ServiceDeclaration = { name: 'web', places: ['127.0.0.1:3000'], unit: 'web.service', hosts: ['web-*'] };
const db: ServiceDeclaration = { name: 'db', places: ['127.0.0.1:5432'], labels: { zone: 'a', role: 'db' } };
const cache: ServiceDeclaration = { name: 'cache', places: ['[::1]:6379'] };
const names = ({ services }: { readonly services: readonly ServiceDeclaration[] }) => services.map(({ name }) => name);

test('a form says of a service what the service is, and leaves out what is empty', () => {
  const all: ServiceDeclaration = {
    name: 'web',
    places: ['127.0.0.1:3000', '[::1]:3000'],
    unit: 'web.service',
    exe: '/usr/bin/node',
    user: 'web',
    hosts: ['web-*', 'db-1'],
    labels: { zone: 'a', note: 'one, two' },
  };
  assert.deepEqual(serviceOf(fieldsOf(all)), all);
  assert.deepEqual(serviceOf(fieldsOf(cache)), cache);
  assert.deepEqual(serviceOf({ ...NO_FIELDS, labels: 'equal=a=b' }).labels, { equal: 'a=b' });
  assert.deepEqual(serviceOf({ ...NO_FIELDS, name: ' web ', places: ' 127.0.0.1:3000 ,, ', hosts: ' ' }), {
    name: 'web',
    places: ['127.0.0.1:3000'],
  });
});

test('a service takes the place of the one that was changed, also by another name', () => {
  const document = { services: [web, db] };
  assert.deepEqual(names(withService(document, { ...web, name: 'front' }, 'web')), ['front', 'db']);
  assert.deepEqual(names(withService(document, cache, null)), ['web', 'db', 'cache']);
  assert.deepEqual(names(withoutService(document, 'web')), ['db']);
});

test('what was changed is told by name, whatever the order of keys', () => {
  const reordered: ServiceDeclaration = { labels: { role: 'db', zone: 'a' }, places: db.places, name: 'db' };
  const after = { services: [reordered, { ...web, places: ['127.0.0.1:3001'] }, cache] };
  const changes = changesBetween({ services: [web, db, { ...cache, name: 'old' }] }, after);
  assert.deepEqual(changes, { added: ['cache'], changed: ['web'], removed: ['old'] });
  assert.equal(changesSentence(changes), 'Adds cache. Changes web. Removes old.');
  assert.equal(
    changesSentence({ added: ['a', 'b', 'c', 'd'], changed: [], removed: ['x', 'y'] }),
    'Adds a, b and 2 more. Removes x and y.',
  );
  assert.equal(changesSentence(changesBetween(after, after)), '');
});

test('changes are made to what others stored meanwhile, and undo nothing of theirs', () => {
  const mine = { services: [{ ...web, places: ['127.0.0.1:3001'] }, cache] };
  const theirs = { services: [web, { ...db, user: 'postgres' }, { ...cache, name: 'queue' }] };
  const both = rebased({ services: [web, db] }, mine, theirs);
  assert.deepEqual(names(both), ['web', 'queue', 'cache']);
  assert.deepEqual(both.services[0]?.places, ['127.0.0.1:3001']);
  const kept = rebased({ services: [web, db] }, { services: [web, db, cache] }, theirs);
  assert.deepEqual([names(kept), kept.services[1]?.user], [['web', 'db', 'queue', 'cache'], 'postgres']);
});

test('faults are told of the service and the field they are about', () => {
  const faults = [
    '$.services[1].places[0]: expected a port from 1 to 65535 after the address, got "x:1"',
    '$.services[0].labels.Zone: expected a label: of this form',
    '$.services[7]: expected an object, got null',
    '$: expected at most 10 characters',
  ];
  assert.deepEqual(serviceFaults(faults, { services: [web, { ...db, name: 'd\u202eb' }] }), [
    {
      service: 'd\\u202eb',
      field: 'places',
      text: 'expected a port from 1 to 65535 after the address, got "x:1"',
    },
    { service: 'web', field: 'labels', text: 'expected a label: of this form' },
    { service: 'service 8', field: null, text: 'expected an object, got null' },
    { service: null, field: null, text: '$: expected at most 10 characters' },
  ]);
});

type Opens = ExpectationsPreview['opens'];
const opens = (...all: readonly (readonly [machines: number, hosts: readonly string[]])[]): Opens =>
  all.map(([machines, hosts]) => ({ kind: 'missing', severity: 'critical', title: 'x', machines, hosts }));
const closes = (machines: number) => [{ kind: 'drift', title: 'y', machines }] as const;

const previews = [
  [{ opens: [], opensOmitted: 0, closes: [] }, 'Would open no finding and close none.'],
  [{ opens: opens([1, ['a']]), opensOmitted: 0, closes: [] }, 'Would open 1 finding on 1 machine.'],
  [
    { opens: opens([2, ['a', 'b']], [1, ['b']]), opensOmitted: 0, closes: closes(1) },
    'Would open 3 findings on 2 machines, and close 1.',
  ],
  [{ opens: [], opensOmitted: 0, closes: closes(4) }, 'Would close 4 findings.'],
  [
    { opens: opens([1200, ['a', 'b']]), opensOmitted: 3, closes: [] },
    'Would open more than 1,200 findings on more than 1,200 machines.',
  ],
] as const;

for (const [preview, sentence] of previews) {
  test(`a preview reads “${sentence}”`, () => {
    assert.equal(previewSentence(preview), sentence);
  });
}

test('a preview says what it is made of', () => {
  assert.equal(checkedText({ checked: 1000, machines: 1204 }), 'checked 1,000 of 1,204 machines');
  assert.equal(checkedText({ checked: 1, machines: 1 }), 'checked 1 machine');
  const services = [
    { name: 'web', machines: 24 },
    { name: 'db', machines: 0 },
    { name: 'cache', machines: 1 },
  ];
  assert.equal(reachSentence({ services }, ['web', 'db']), 'web is for 24 machines, db for no machine.');
  assert.equal(reachSentence({ services }, []), '');
});

test('a declaration in words', () => {
  assert.deepEqual([holderWords(web), machineWords(web)], ['unit web.service', 'web-*']);
  assert.deepEqual([holderWords(db), machineWords(db)], ['any program', 'zone=a, role=db']);
  assert.deepEqual(
    [holderWords({ ...cache, exe: 'redis', user: '7' }), machineWords(cache)],
    ['executable redis, user 7', 'all machines'],
  );
});

test('a learned home is declared by a name that is free and allowed', () => {
  const home = { program: 'node', address: '::1', port: 3000 };
  assert.deepEqual(declarationOf(home, [{ name: 'node' }, { name: 'node-2' }]), {
    name: 'node-3',
    places: ['[::1]:3000'],
    exe: 'node',
  });
  assert.equal(declarationOf({ ...home, program: '.a b/c$' }, []).name, 'a-b-c-');
  assert.equal(declarationOf({ ...home, program: '((' }, []).name, 'service');
});

test('a pin is for one machine, its group or all, and speaks of the first machine', () => {
  const group = groupOf(drift(), ['2026-11-23T02:41:00.000Z', '2026-11-23T02:42:00.000Z'], 240);
  assert.deepEqual(
    pinScopes(group).map(({ text }) => text),
    ['On web-eu-0 only', 'On all machines of web-eu', 'On every machine'],
  );
  const [of] = group.radius;
  assert.equal(
    pinScopes({ ...group, radius: [...group.radius, { ...of!, group: 'web-us' }] })[1]?.text,
    'On all machines of the group of web-eu-0',
  );
  assert.deepEqual(pinOf(group, 'group', ' '), { finding: `${drift().id}-0`, scope: 'group' });
  assert.deepEqual(pinOf(group, 'host', ' web '), { finding: `${drift().id}-0`, scope: 'host', name: 'web' });
});
