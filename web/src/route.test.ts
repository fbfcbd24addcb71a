import assert from 'node:assert/strict';
import test from 'node:test';
import { groupHref, hrefWith, hrefWithFinding, machineHref, placeOf } from './route.ts';

const list = { q: '', sort: 'name', cursor: null };

const routes = [
  ['/', { page: 'fleet', view: 'map', list, sel: null }],
  ['/?view=list&q=web', { page: 'fleet', view: 'list', list: { ...list, q: 'web' }, sel: null }],
  ['/?sel=0011223344556677', { page: 'fleet', view: 'map', list, sel: '0011223344556677' }],
  ['/findings/0011223344556677', { page: 'fleet', view: 'map', list, sel: '0011223344556677' }],
  ['/findings', { page: 'findings', list: { q: '', state: 'open', cursor: null }, sel: null }],
  [
    '/findings?state=closed&q=node',
    { page: 'findings', list: { q: 'node', state: 'closed', cursor: null }, sel: null },
  ],
  ['/settings/expectations', { page: 'expectations' }],
  ['/settings/expectations/', { page: 'expectations' }],
  ['/settings', { page: 'unknown', path: '/settings' }],
  ['/hosts', { page: 'machines', list }],
  [
    '/hosts?q=group%3Aweb-eu&sort=-listeners&cursor=abc',
    { page: 'machines', list: { q: 'group:web-eu', sort: '-listeners', cursor: 'abc' } },
  ],
  [
    '/hosts/web-eu-117',
    { page: 'machine', host: 'web-eu-117', view: { range: { kind: 'last', length: '45m' }, ports: 'all', sel: null } },
  ],
  [
    '/hosts/a%2Fb%20c?from=-7d&ports=findings&sel=0011',
    { page: 'machine', host: 'a/b c', view: { range: { kind: 'last', length: '7d' }, ports: 'findings', sel: '0011' } },
  ],
  ['/hosts/%E0%A4%A', { page: 'unknown', path: '/hosts/%E0%A4%A' }],
  ['//evil.test/x', { page: 'unknown', path: '/evil.test/x' }],
  ['/findings/a/b', { page: 'unknown', path: '/findings/a/b' }],
] as const;

for (const [href, route] of routes) {
  test(`${href} is understood`, () => {
    assert.deepEqual(placeOf(href), { route, zone: 'utc', notices: [] });
  });
}

test('two fixed moments are kept as they are written', () => {
  const { route } = placeOf('/hosts/a?from=2026-11-23T02:30:00Z&to=2026-11-23T03:00:00Z');
  assert.ok(route.page === 'machine');
  assert.deepEqual(route.view.range, { kind: 'between', from: '2026-11-23T02:30:00Z', to: '2026-11-23T03:00:00Z' });
});

for (const query of [
  'from=yesterday',
  'from=-3w',
  'from=2026-11-23T03:00:00Z',
  'from=2026-11-23T03:00:00Z&to=2026-11-23T02:00:00Z',
]) {
  test(`a range of ${query} falls back and says so`, () => {
    const { route, notices } = placeOf(`/hosts/a?${query}`);
    assert.ok(route.page === 'machine');
    assert.deepEqual(route.view.range, { kind: 'last', length: '45m' });
    assert.match(notices.join(), /^from and to: expected from=-15m/);
  });
}

test('an unknown value falls back and is named with what was expected', () => {
  const place = placeOf('/hosts?sort=colour&tz=mars');
  assert.deepEqual(place.notices, [
    'sort: expected name, group, -lastSeenAt, -listeners, -exposed, -unattributed, got “colour”. Showing name.',
    'tz: expected utc, local, got “mars”. Showing utc.',
  ]);
});

test('changing a key keeps the unknown ones and leaves defaults out', () => {
  const href = '/hosts?q=web&later=1';
  assert.equal(hrefWith(href, { q: 'db', tz: 'local' }), '/hosts?q=db&later=1&tz=local');
  assert.equal(hrefWith(href, { q: '' }), '/hosts?later=1');
  assert.equal(hrefWith('/hosts?q=web', { q: null }), '/hosts');
});

test('a finding is chosen at the address that shows it in a list', () => {
  assert.equal(hrefWithFinding('/?view=list', 'ab12'), '/?view=list&sel=ab12');
  assert.equal(hrefWithFinding('/findings?state=closed', 'ab12'), '/findings?state=closed&sel=ab12');
  assert.equal(hrefWithFinding('/findings/cd34?tz=local', null), '/?tz=local');
});

test('names of machines and groups are encoded, and the zone goes with them', () => {
  assert.equal(machineHref('a/b?c#d', 'utc'), '/hosts/a%2Fb%3Fc%23d');
  assert.equal(groupHref('two words', 'local'), '/hosts?q=group%3Atwo*words&tz=local');
});
