import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import type { FindingGroupAnswer, FindingGroupView, Page, SummaryView } from '../src/views.ts';
import { drift, DRIFT_GROUP, DRIFT_ID, ladder, LADDER_GROUP, troubled } from './bodies.ts';
import { list, minute, pushFleet, withFindings } from './fleet-findings.ts';
import { json, trialServer } from './trial-server.ts';

test('findings with one group id are one trouble, told of the machine it began on', async (context) => {
  const server = await trialServer(context);
  await pushFleet(server);
  const { items, total, nextCursor } = await list(server);
  assert.deepEqual([total, nextCursor, items.map(({ id }) => id)], [2, null, [DRIFT_GROUP, LADDER_GROUP]]);
  const [group] = items;
  assert.deepEqual(
    [group?.kind, group?.title, group?.state, group?.closedAt, group?.machines, group?.hostsOmitted],
    ['drift', 'web-02', 'open', null, 3, 0],
  );
  assert.deepEqual(
    group?.hosts.map(({ name, port, since, closedAt, findingId }) => [name, port, since, closedAt, findingId]),
    [
      ['web-02', 3002, minute(3), null, '0000000000000002'],
      ['db-01', 3001, minute(4), null, '0000000000000003'],
      ['web-01', 3001, minute(5), null, '0000000000000001'],
    ],
  );
  assert.deepEqual(group.radius, [
    { group: 'web', affected: 2, machines: 3 },
    { group: 'db', affected: 1, machines: 1 },
  ]);
  assert.deepEqual(
    items[1]?.hosts.map(({ name, port }) => [name, port]),
    [['cache-01', 3003]],
  );
});

test('a trouble has every fact of the finding but what is a single machine’s own', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([ladder()]));
  const { items } = await list(server);
  const own: readonly string[] = ['id', 'groupId', 'holders', 'networkNamespace'];
  const facts = Object.entries(ladder()).filter(([name]) => !own.includes(name));
  const fleet: readonly string[] = ['state', 'closedAt', 'machines', 'radius', 'hosts', 'hostsOmitted'];
  const told = Object.entries(items[0] ?? {}).filter(([name]) => !fleet.includes(name));
  assert.deepEqual(Object.fromEntries(told), { ...Object.fromEntries(facts), id: LADDER_GROUP });
});

test('troubles come worst first, then by machines, then the longest, a page at a time', async (context) => {
  const server = await trialServer(context);
  const troubles = [
    { group: 'a', severity: 'warning', since: 1, machines: 3 },
    { group: 'b', severity: 'critical', since: 8, machines: 1 },
    { group: 'c', severity: 'critical', since: 9, machines: 2 },
    { group: 'd', severity: 'critical', since: 7, machines: 1 },
    { group: 'e', severity: 'critical', since: 7, machines: 1 },
  ] as const;
  for (const machine of [1, 2, 3]) {
    const findings = troubles
      .filter(({ machines }) => machines >= machine)
      .map(({ group, severity, since }) =>
        drift({
          id: `${machine}${group}`.padStart(16, '0'),
          groupId: group.padStart(16, '0'),
          severity,
          since: minute(since),
        }),
      );
    await server.push(troubled(`machine-000${machine}`, `web-0${machine}`, findings));
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page<FindingGroupView> = await list(server, `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    assert.ok(page.items.length <= 2);
    assert.equal(page.total, 5);
    seen.push(...page.items.map(({ id }) => id.replace(/^0+/, '')));
    assert.ok(seen.length <= 5, `some come twice: ${seen.join(' ')}`);
    cursor = page.nextCursor;
  }
  assert.deepEqual(seen, ['c', 'd', 'e', 'b', 'a']);
});

test('a trouble is as bad as on its worst machine', async (context) => {
  const server = await trialServer(context);
  await server.push(troubled('machine-0001', 'web-01', [drift({ severity: 'warning', since: minute(1) })]));
  await server.push(troubled('machine-0002', 'web-02', [drift({ severity: 'critical', since: minute(2) })]));
  const { items } = await list(server);
  assert.deepEqual(
    items.map(({ severity, since }) => [severity, since]),
    [['critical', minute(1)]],
  );
});

const FILTERS = [
  ['?q=web', [[DRIFT_GROUP, ['web-02', 'web-01']]]],
  [
    '?q=-group:web',
    [
      [LADDER_GROUP, ['cache-01']],
      [DRIFT_GROUP, ['db-01']],
    ],
  ],
  ['?q=host:web-01', [[DRIFT_GROUP, ['web-01']]]],
  ['?q=nobody', []],
  ['?kind=ladder', [[LADDER_GROUP, ['cache-01']]]],
  ['?kind=drift&q=cache', []],
  ['?state=closed', []],
] as const;

test('search and kind keep the machines they name, and troubles are told of those', async (context) => {
  const server = await trialServer(context);
  await pushFleet(server);
  for (const [query, expected] of FILTERS) {
    const { items, total } = await list(server, query);
    const told = items.map(({ id, hosts }) => [id, hosts.map(({ name }) => name)]);
    assert.deepEqual(told.toSorted(), [...expected].toSorted(), query);
    assert.equal(total, expected.length, query);
    assert.ok(
      items.every(({ machines, hosts }) => machines === hosts.length),
      query,
    );
  }
  const { items } = await list(server, '?q=host:web-01');
  assert.deepEqual([items[0]?.title, items[0]?.radius], ['web-01', [{ group: 'web', affected: 1, machines: 3 }]]);
});

test('more than two hundred machines are counted, not listed', async (context) => {
  const server = await trialServer(context);
  const names = Array.from({ length: 203 }, (_, index) => `web-${String(index).padStart(3, '0')}`);
  await Promise.all(names.map((name) => server.push(troubled(`machine-${name}`, name, [drift()]))));
  const { items } = await list(server);
  const [group] = items;
  assert.deepEqual([items.length, group?.machines, group?.hosts.length, group?.hostsOmitted], [1, 203, 200, 3]);
  assert.deepEqual(
    group?.hosts.map(({ name }) => name),
    names.slice(0, 200),
  );
  assert.deepEqual(group.radius, [{ group: 'web', affected: 203, machines: 203 }]);
});

test('one trouble is found by its own id and by that of a machine’s finding', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift()]));
  const byGroup = await json<FindingGroupAnswer>(server.get(`/api/v1/findings/${DRIFT_GROUP}`));
  const byFinding = await json<FindingGroupAnswer>(server.get(`/api/v1/findings/${DRIFT_ID}`));
  assert.equal(byGroup.id, DRIFT_GROUP);
  assert.deepEqual({ ...byFinding, serverNow: '', asOf: '' }, { ...byGroup, serverNow: '', asOf: '' });
  for (const id of ['ffffffffffffffff', '%27%20OR%201%3D1', 'x'.repeat(2_000)]) {
    const response = await server.get(`/api/v1/findings/${id}`);
    const { error } = await json<ErrorAnswer>(response);
    assert.deepEqual([response.status, error.code], [404, 'unknown-finding']);
    assert.match(error.hint ?? '', /GET \/api\/v1\/findings/);
  }
});

const WRONG = [
  ['?state=ajar', 'bad-state', /^state: expected open or closed, got "ajar"$/],
  ['?state=open&state=closed', 'bad-state', /got \["open","closed"\]$/],
  ['?kind=colour', 'bad-kind', /^kind: expected one of drift, ladder, .*, got "colour"$/],
  ['?limit=0', 'bad-limit', /^limit: expected a whole number from 1 to 200, got "0"$/],
  ['?limit=201', 'bad-limit', /got "201"$/],
  ['?limit=1e2', 'bad-limit', /got "1e2"$/],
  ['?cursor=nonsense', 'bad-cursor', /^cursor: expected nextCursor of an answer with the same state$/],
  ['?q=colour:red', 'bad-search', /^q: expected a word, host:PATTERN or group:PATTERN/],
  ['?q=a&q=b', 'bad-search', /^q: expected it once$/],
] as const;

for (const [query, code, message] of WRONG) {
  test(`${query} is refused with what was expected`, async (context) => {
    const server = await trialServer(context);
    const response = await server.get(`/api/v1/findings${query}`);
    const { error } = await json<ErrorAnswer>(response);
    assert.deepEqual([response.status, error.code], [400, code]);
    assert.match(error.message, message);
  });
}

test('a cursor of the open ones does not serve the closed ones', async (context) => {
  const server = await trialServer(context);
  await pushFleet(server);
  const { nextCursor } = await list(server, '?limit=1');
  assert.equal((await server.get(`/api/v1/findings?limit=1&cursor=${nextCursor ?? ''}`)).status, 200);
  assert.equal((await server.get(`/api/v1/findings?state=closed&cursor=${nextCursor ?? ''}`)).status, 400);
});

test('names of any characters come back as they are', async (context) => {
  const server = await trialServer(context);
  const hostile = '$(reboot) <img onerror=alert(1)> \u202e"; DROP TABLE findings; --';
  await server.push(withFindings([drift({ program: hostile, title: hostile, evidence: [hostile] })]));
  const { items } = await list(server);
  assert.deepEqual([items[0]?.program, items[0]?.title, items[0]?.evidence], [hostile, hostile, [hostile]]);
  const { offPort } = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.deepEqual(offPort.programs, [hostile]);
});
