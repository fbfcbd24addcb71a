import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import type { HostMap, HostRow, HostView, Page, SummaryView } from '../src/views.ts';
import { fullOf } from './bodies.ts';
import { json, trialServer } from './trial-server.ts';

test('machines are listed a page of 200 at a time, each once', async (context) => {
  const server = await trialServer(context);
  const ids = Array.from({ length: 450 }, (_, index) => `machine-${String(index).padStart(4, '0')}`);
  await Promise.all(ids.map((id, index) => server.push(fullOf(id, `web-${index % 7}`))));
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const path = `/api/v1/hosts?sort=-listeners${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: Page<HostRow> = await json<Page<HostRow>>(server.get(path));
    assert.ok(page.items.length <= 200);
    assert.equal(page.total, 450);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(seen.toSorted(), ids);
});

test('a name that two machines share is answered by 409 with their ids', async (context) => {
  const server = await trialServer(context);
  await server.push(fullOf('machine-0001', 'twin'));
  await server.push(fullOf('machine-0002', 'twin'));
  const response = await server.get('/api/v1/hosts/twin');
  assert.equal(response.status, 409);
  assert.match((await json<ErrorAnswer>(response)).error.hint ?? '', /machine-0001, machine-0002/);
  assert.equal((await json<HostView>(server.get('/api/v1/hosts/machine-0002'))).host.id, 'machine-0002');
});

test('names with any characters are found by their encoded form', async (context) => {
  const server = await trialServer(context);
  const name = 'a/b ?#%\u202e"<script>';
  await server.push(fullOf('machine-0001', name));
  const view = await json<HostView>(server.get(`/api/v1/hosts/${encodeURIComponent(name)}`));
  assert.equal(view.host.name, name);
  assert.equal((await server.get(`/api/v1/hosts/${encodeURIComponent(name)}/timeline`)).status, 200);
});

test('summary and map count the fleet', async (context) => {
  const server = await trialServer(context);
  await server.push(fullOf('machine-0001', 'web-02'));
  await server.push(fullOf('machine-0002', 'web-01'));
  await server.push(fullOf('machine-0003', 'db-01'));
  const { machines, listeners } = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.deepEqual(machines, { total: 3, reporting: 3, silent: 0, left: 0 });
  assert.deepEqual(listeners, {
    total: 3,
    tcp: 3,
    udp: 0,
    byExposure: { loopback: 3, private: 0, public: 0, any: 0 },
    unattributed: 0,
  });
  const map = await json<HostMap>(server.get('/api/v1/hosts/map'));
  assert.deepEqual(
    [map.groups, map.names, map.group, map.states],
    [['db', 'web'], ['db-01', 'web-01', 'web-02'], [0, 1, 1], '...'],
  );
});

const ERRORS = [
  ['/api/v1/nothing', 404, 'unknown-path'],
  ['/api', 404, 'unknown-path'],
  ['/api/v1/hosts/unknown', 404, 'unknown-host'],
  ['/api/v1/hosts?sort=colour', 400, 'bad-sort'],
  ['/api/v1/hosts?q=colour:red', 400, 'bad-search'],
  ['/api/v1/hosts?cursor=x', 400, 'bad-cursor'],
  ['/api/v1/hosts/%ff', 400, 'bad-request'],
  ['/assets/none.js', 404, 'unknown-path'],
] as const;

for (const [path, status, code] of ERRORS) {
  test(`${path} is answered by ${status} ${code} with a request id`, async (context) => {
    const server = await trialServer(context);
    const response = await server.get(path);
    const { error, requestId } = await json<ErrorAnswer>(response);
    assert.deepEqual([response.status, error.code], [status, code]);
    assert.equal(response.headers.get('x-request-id'), requestId);
  });
}

test('OpenAPI describes every route with its answers', async (context) => {
  const server = await trialServer(context);
  const { paths } = await json<{
    paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  }>(server.get('/api/openapi.json'));
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(routes.toSorted(), [
    'delete /api/v1/session',
    'get /api/openapi.json',
    'get /api/v1/audit',
    'get /api/v1/expectations',
    'get /api/v1/expectations/revisions',
    'get /api/v1/findings',
    'get /api/v1/findings/{id}',
    'get /api/v1/hosts',
    'get /api/v1/hosts/map',
    'get /api/v1/hosts/{host}',
    'get /api/v1/hosts/{host}/events',
    'get /api/v1/hosts/{host}/ports',
    'get /api/v1/hosts/{host}/timeline',
    'get /api/v1/session',
    'get /api/v1/stream',
    'get /api/v1/summary',
    'get /api/v1/tokens',
    'get /healthz',
    'get /readyz',
    'post /api/v1/enroll',
    'post /api/v1/expectations/pin',
    'post /api/v1/expectations/pin/preview',
    'post /api/v1/expectations/preview',
    'post /api/v1/hosts/{host}/forget',
    'post /api/v1/maintenance',
    'post /api/v1/push',
    'post /api/v1/session',
    'post /api/v1/tokens/{host}/approve',
    'post /api/v1/tokens/{host}/revoke',
    'put /api/v1/expectations',
  ]);
  for (const methods of Object.values(paths)) {
    for (const { responses } of Object.values(methods)) {
      assert.ok(
        Object.values(responses).every(({ description }) => description !== ''),
        JSON.stringify(responses),
      );
    }
  }
});

test('a page address is answered by the pages under a strict policy', async (context) => {
  const server = await trialServer(context);
  for (const path of ['/', '/hosts', '/hosts/web-01.example.com']) {
    const response = await server.get(path, { Accept: 'text/html' });
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none';script-src 'self';/);
    assert.match(await response.text(), /Portlight/);
  }
});

test('answers of the API are run, framed, embedded, guessed at and kept by nobody', async (context) => {
  const server = await trialServer(context);
  for (const path of ['/api/v1/hosts', '/api/v1/nothing', '/api/openapi.json']) {
    const { headers } = await server.get(path);
    assert.equal(headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'", path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('x-frame-options'), 'DENY', path);
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
    assert.equal(headers.get('cache-control'), 'no-store', path);
    assert.equal(headers.get('x-powered-by'), null, path);
  }
});
