import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import type {
  ExpectationsDocument,
  ExpectationsRevision,
  ExpectationsView,
  Page,
  ServiceDeclaration,
} from '../src/views.ts';
import { bearer, json, trialServer, withTokens, type TrialServer } from './trial-server.ts';

const WEB: ServiceDeclaration = { name: 'web', places: ['127.0.0.1:3000'] };

function declare(
  server: TrialServer,
  services: readonly unknown[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return server.put('/api/v1/expectations', { format: 1, services }, headers);
}

async function view(server: TrialServer, query = ''): Promise<ExpectationsView> {
  return await json<ExpectationsView>(server.get(`/api/v1/expectations${query}`));
}

test('before anything is declared there is revision 0 without services', async (context) => {
  const server = await trialServer(context);
  const { revision, changedAt, changedBy, services, learned, learnedOmitted } = await view(server);
  assert.deepEqual(
    { revision, changedAt, changedBy, services, learned, learnedOmitted },
    { revision: 0, changedAt: null, changedBy: null, services: [], learned: [], learnedOmitted: 0 },
  );
});

test('a document is kept in one form, whatever order it was written in', async (context) => {
  const server = await trialServer(context);
  const response = await declare(server, [
    {
      labels: { zone: 'b', group: 'shop' },
      hosts: ['web-*', 'web-*'],
      unit: 'web',
      places: ['[0:0::1]:3000', '[::1]:3000'],
      name: 'web',
    },
    { name: 'db', places: ['127.0.0.1:5432'], user: 'postgres', exe: '/usr/lib/postgresql/15/bin/postgres' },
  ]);
  assert.deepEqual([response.status, response.headers.get('etag')], [200, '"1"']);
  const file = await server.get('/api/v1/expectations?format=file');
  assert.equal(file.headers.get('content-disposition'), 'attachment; filename="portlight-expectations.json"');
  assert.match(file.headers.get('content-type') ?? '', /^application\/json/);
  const text = await file.text();
  const expected = {
    format: 1,
    services: [
      { name: 'db', places: ['127.0.0.1:5432'], exe: '/usr/lib/postgresql/15/bin/postgres', user: 'postgres' },
      {
        ...{ name: 'web', places: ['[::1]:3000'], unit: 'web.service', hosts: ['web-*'] },
        labels: { group: 'shop', zone: 'b' },
      },
    ],
  };
  assert.equal(text, `${JSON.stringify(expected, null, 2)}\n`);
  // What was given out is taken in again, and is nothing new.
  const again = await json<ExpectationsView>(server.put('/api/v1/expectations', text));
  assert.equal(again.revision, 1);
});

test('each change is a revision that can be asked for, with who made it', async (context) => {
  const server = await trialServer(context, withTokens(context));
  assert.equal((await declare(server, [WEB], bearer('admin'))).status, 200);
  assert.equal((await declare(server, [], bearer('admin'))).status, 200);
  const get = <T>(path: string) => json<T>(server.get(`/api/v1/expectations${path}`, bearer('read')));
  const newest = await get<ExpectationsView>('');
  assert.deepEqual([newest.revision, newest.changedBy, newest.services], [2, 'boss', []]);
  assert.deepEqual((await get<ExpectationsView>('?revision=1')).services, [WEB]);
  assert.deepEqual(await get<ExpectationsDocument>('?revision=1&format=file'), { format: 1, services: [WEB] });
  assert.deepEqual((await get<ExpectationsView>('?revision=0')).services, []);
  const { items, total, nextCursor } = await get<Page<ExpectationsRevision>>('/revisions');
  assert.deepEqual(
    items.map(({ revision, by, services }) => [revision, by, services]),
    [
      [2, 'boss', 0],
      [1, 'boss', 1],
    ],
  );
  assert.deepEqual([total, nextCursor], [2, null]);
});

test('revisions come 200 a page, and all of them come', async (context) => {
  const server = await trialServer(context);
  for (let port = 1; port <= 201; port += 1) {
    assert.equal((await declare(server, [{ ...WEB, places: [`127.0.0.1:${port}`] }])).status, 200);
  }
  const first = await json<Page<ExpectationsRevision>>(server.get('/api/v1/expectations/revisions'));
  const path = `/api/v1/expectations/revisions?cursor=${first.nextCursor ?? ''}`;
  const second = await json<Page<ExpectationsRevision>>(server.get(path));
  assert.deepEqual([first.items.length, first.items[0]?.revision, first.items[0]?.by], [200, 201, 'local']);
  assert.deepEqual([second.items.map(({ revision }) => revision), second.nextCursor], [[1], null]);
});

test('a change made from an older revision is refused with what to do', async (context) => {
  const server = await trialServer(context);
  assert.equal((await declare(server, [WEB], { 'If-Match': '"0"' })).status, 200);
  const late = await declare(server, [], { 'If-Match': '"0"' });
  const { error } = await json<ErrorAnswer>(late);
  assert.deepEqual([late.status, error.code], [412, 'changed-meanwhile']);
  assert.match(error.message, /revision 1 was stored by local/);
  assert.equal((await view(server)).revision, 1);
  assert.equal((await declare(server, [], { 'If-Match': '"1"' })).status, 200);
  assert.equal((await declare(server, [WEB], { 'If-Match': '*' })).status, 200);
  assert.equal((await declare(server, [], { 'If-Match': 'abc' })).status, 400);
});

test('of two changes made from one revision at once, one is stored', async (context) => {
  const server = await trialServer(context);
  const places = [1, 2, 3, 4].map((port) => [{ ...WEB, places: [`127.0.0.1:${port}`] }]);
  const answers = await Promise.all(places.map((services) => declare(server, services, { 'If-Match': '"0"' })));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
});

test('every fault of a document is listed, and nothing is stored', async (context) => {
  const server = await trialServer(context);
  const response = await declare(server, [
    { name: '-web', places: [] },
    { name: 'web', places: ['localhost:3000', '::1:3000', '127.0.0.1:0'], colour: 'red' },
    { ...WEB, unit: 'a b', exe: 'bin/x', user: 'a b', hosts: [], labels: { Zone: 'a' } },
    'web',
  ]);
  const { error } = await json<ErrorAnswer>(response);
  assert.deepEqual([response.status, error.code], [422, 'invalid-body']);
  const paths = (error.faults ?? []).map((fault) => fault.replace(/: .*/s, ''));
  assert.deepEqual(paths, [
    '$.services[0].name',
    '$.services[0].places',
    '$.services[1].places[0]',
    '$.services[1].places[1]',
    '$.services[1].places[2]',
    '$.services[1]',
    '$.services[2].unit',
    '$.services[2].exe',
    '$.services[2].user',
    '$.services[2].hosts',
    '$.services[2].labels["Zone"]',
    '$.services[3]',
  ]);
  assert.match(error.faults?.[2] ?? '', /expected an address such as 127\.0\.0\.1 or \[::1\] and no name/);
  assert.equal((await view(server)).revision, 0);
});

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['a name twice', { format: 1, services: [WEB, WEB] }, /\.services\[1\]\.name: expected each name once/],
  ['another format', { format: 2, services: [] }, /\.format: expected 1/],
  ['no object', [], /expected an object/],
  ['a hostile key', '{"format":1,"services":[],"__proto__":{}}', /unknown key "__proto__"/],
  [
    'too many services',
    { format: 1, services: Array.from({ length: 1_001 }, (_, at) => ({ ...WEB, name: `s${at}` })) },
    /at most 1000/,
  ],
  [
    'too much text',
    {
      format: 1,
      services: Array.from({ length: 300 }, (_, at) => ({ ...WEB, name: `s${at}`, exe: `/${'x'.repeat(4_000)}` })),
    },
    /at most 1048576 characters/,
  ],
];

for (const [what, body, fault] of REFUSED) {
  test(`a document with ${what} is refused`, async (context) => {
    const server = await trialServer(context);
    const response = await server.put('/api/v1/expectations', body);
    assert.equal(response.status, 422);
    assert.match((await json<ErrorAnswer>(response)).error.faults?.join('\n') ?? '', fault);
  });
}

test('only an admin may change, preview and pin', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const asked = [
    () => declare(server, [WEB], bearer('read')),
    () => server.post('/api/v1/expectations/preview', { format: 1, services: [] }, bearer('read')),
    () => server.post('/api/v1/expectations/pin', { finding: 'x', scope: 'host' }, bearer('read')),
  ];
  for (const ask of asked) assert.equal((await ask()).status, 403);
  assert.equal((await server.get('/api/v1/expectations')).status, 401);
  assert.equal((await server.get('/api/v1/expectations', bearer('read'))).status, 200);
});

for (const [query, code] of [
  ['?revision=x', 'bad-revision'],
  ['?format=yaml', 'bad-format'],
  ['?revision=7', 'unknown-revision'],
  ['/revisions?cursor=x', 'bad-cursor'],
] as const) {
  test(`${query} is answered by ${code}`, async (context) => {
    const server = await trialServer(context);
    assert.equal((await json<ErrorAnswer>(server.get(`/api/v1/expectations${query}`))).error.code, code);
  });
}
