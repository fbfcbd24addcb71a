import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FullPush, Snapshot } from '@portlight/agent/contract';
import { judgeAsLasting, type RememberedHome } from '@portlight/agent/judgement';
import { fullOf, HOST_ID, holder, listener } from '../../test/bodies.ts';
import { json, trialServer, type TrialServer } from '../../test/trial-server.ts';
import type { ExpectationsPreview, ExpectationsView, FindingGroupView, Page, ServiceDeclaration } from '../views.ts';
import { expectationOf } from './document.ts';

const WEB: ServiceDeclaration = { name: 'web', places: ['127.0.0.1:3000'], unit: 'web.service' };
const ELSEWHERE: ServiceDeclaration = { ...WEB, places: ['127.0.0.1:3100'] };

/** A machine whose node listens on that port of its own choice. */
function on(port: number, id = HOST_ID, name = 'web-01'): FullPush {
  const { snapshot: whole, ...push } = fullOf(id, name);
  const node = holder({ toldPorts: [] });
  return { ...push, snapshot: { ...whole, listeners: [listener({ port })] }, processes: [node] };
}

/** The push with what the machine's agent finds. */
function judged(
  { snapshot, ...push }: FullPush,
  services: readonly ServiceDeclaration[],
  remembered: readonly RememberedHome[] = [],
): FullPush {
  const seen: Snapshot = {
    ...snapshot,
    listeners: snapshot.listeners.map((one) => ({
      ...one,
      holders: one.holders.flatMap((index) => push.processes[index] ?? []),
    })),
  };
  const findings = judgeAsLasting(seen, { services: services.map(expectationOf), homes: [] }, remembered);
  return { ...push, sequence: push.sequence + 1, snapshot: { ...snapshot, findings } };
}

async function preview(server: TrialServer, services: readonly ServiceDeclaration[]): Promise<ExpectationsPreview> {
  const response = await server.post('/api/v1/expectations/preview', { format: 1, services });
  assert.equal(response.status, 200, await response.clone().text());
  return await json<ExpectationsPreview>(response);
}

test('a preview tells what would open, on which machines, and stores nothing', async (context) => {
  const server = await trialServer(context);
  await server.push(on(3000));
  await server.push(on(3000, 'machine-0002', 'web-02'));
  await server.push(on(3000, 'machine-0003', 'db-01'));
  const told = await preview(server, [{ ...ELSEWHERE, hosts: ['web-*'] }]);
  assert.deepEqual(told, {
    ...{ serverNow: told.serverNow, asOf: told.asOf },
    services: [{ name: 'web', machines: 2 }],
    opens: [
      {
        ...{ kind: 'drift', severity: 'critical', title: 'node is on 3000, should be on 3100', machines: 2 },
        hosts: told.opens[0]?.hosts ?? [],
      },
    ],
    ...{ opensOmitted: 0, closes: [], checked: 2, machines: 2 },
  });
  assert.deepEqual(told.opens[0]?.hosts.toSorted(), ['web-01', 'web-02']);
  assert.equal((await json<ExpectationsView>(server.get('/api/v1/expectations'))).revision, 0);
});

test('a service that nobody runs would be missing', async (context) => {
  const server = await trialServer(context);
  await server.push(on(3000));
  const { opens } = await preview(server, [WEB, { name: 'db', places: ['127.0.0.1:5432'] }]);
  assert.deepEqual(
    opens.map(({ kind, severity, machines }) => [kind, severity, machines]),
    [['missing', 'critical', 1]],
  );
});

test('what is open by a declaration closes with it, and does not open twice', async (context) => {
  const server = await trialServer(context);
  await server.put('/api/v1/expectations', { format: 1, services: [ELSEWHERE] });
  const push = judged(on(3000), [ELSEWHERE]);
  assert.deepEqual(
    push.snapshot.findings.map(({ kind }) => kind),
    ['drift'],
  );
  await server.push(push);
  const { opens, closes, machines } = await preview(server, []);
  assert.deepEqual(
    [opens, closes, machines],
    [[], [{ kind: 'drift', title: 'node is on 3000, should be on 3100', machines: 1 }], 1],
  );
  assert.deepEqual((await preview(server, [ELSEWHERE])).closes, []);
  assert.deepEqual((await preview(server, [ELSEWHERE, { ...WEB, name: 'other', unit: 'other.service' }])).closes, []);
});

/** node of web-01 is on 3001; it was on 3000 for long. */
function drifting(id = HOST_ID, name = 'web-01'): FullPush {
  const home = { programKey: 'node:server.js', program: 'node', unit: 'web.service', address: '127.0.0.1', port: 3000 };
  return judged(on(3001, id, name), [], [{ ...home, until: '2026-11-23T15:00:00.000Z' }]);
}

async function openGroup(server: TrialServer): Promise<FindingGroupView> {
  const { items } = await json<Page<FindingGroupView>>(server.get('/api/v1/findings'));
  return items[0] ?? assert.fail('no finding');
}

test('declaring the place where a program is closes the drift that history told of', async (context) => {
  const server = await trialServer(context);
  await server.push(drifting());
  const { closes, opens } = await preview(server, [{ ...WEB, places: ['127.0.0.1:3001'] }]);
  assert.deepEqual(
    [opens, closes],
    [[], [{ kind: 'drift', title: 'node is on 3001, should be on 3000', machines: 1 }]],
  );
});

test('a finding is pinned: its machine is handed the place where the program is', async (context) => {
  const server = await trialServer(context);
  await server.push(drifting());
  const { hosts } = await openGroup(server);
  const body = { finding: hosts[0]?.findingId, scope: 'host' };
  const response = await server.post('/api/v1/expectations/pin', body);
  const pinned = await json<ExpectationsView>(response);
  const service = { name: 'web', places: ['127.0.0.1:3001'], unit: 'web.service', hosts: ['web-01'] };
  assert.deepEqual([response.status, pinned.revision, pinned.services], [200, 1, [service]]);
  const { expectations } = await server.push(drifting());
  assert.deepEqual(expectations?.services, [expectationOf(service)]);
});

test('of a group on several machines one of them is pinned by its own finding, the group and the fleet by either', async (context) => {
  const server = await trialServer(context);
  await server.push(drifting());
  await server.push(drifting('machine-0002', 'web-02'));
  const { id } = await openGroup(server);
  const pin = (scope: string) => server.post('/api/v1/expectations/pin', { finding: id, scope });
  assert.equal((await pin('host')).status, 422);
  const { services } = await json<ExpectationsView>(pin('group'));
  assert.deepEqual(
    services.map(({ hosts }) => hosts),
    [['web-*']],
  );
});

test('a pin that would be one place too many is refused', async (context) => {
  const server = await trialServer(context);
  const places = Array.from({ length: 32 }, (_, index) => `127.0.0.1:${4_000 + index}`);
  await server.put('/api/v1/expectations', { format: 1, services: [{ name: 'web', places }] });
  const push = drifting();
  await server.push(push);
  const asked = { finding: push.snapshot.findings[0]?.id, scope: 'host', name: 'web' };
  assert.equal((await server.post('/api/v1/expectations/pin', asked)).status, 422);
  assert.equal((await json<ExpectationsView>(server.get('/api/v1/expectations'))).revision, 1);
});

for (const [what, body, status, code] of [
  ['an unknown finding', { finding: 'none', scope: 'host' }, 404, 'unknown-finding'],
  ['a finding that is over', { finding: 'FINDING', scope: 'host' }, 422, 'finding-closed'],
  ['an unknown scope', { finding: 'FINDING', scope: 'all' }, 422, 'invalid-body'],
  ['a wrong name', { finding: 'FINDING', scope: 'host', name: '-' }, 422, 'invalid-body'],
] as const) {
  test(`${what} is not pinned`, async (context) => {
    const server = await trialServer(context);
    const push = drifting();
    await server.push(push);
    const [found] = push.snapshot.findings;
    await server.push({ ...on(3000), sequence: 9, snapshot: { ...on(3000).snapshot, takenAt: push.sentAt } });
    const asked = { ...body, finding: body.finding.replace('FINDING', found?.id ?? '') };
    const response = await server.post('/api/v1/expectations/pin', asked);
    const { error } = await json<{ error: { code: string } }>(response);
    assert.deepEqual([response.status, error.code], [status, code]);
  });
}

test('of many machines those heard of last are looked at, and it says how many', async (context) => {
  const server = await trialServer(context);
  const ids = Array.from({ length: 1_003 }, (_, index) => `machine-${String(index).padStart(4, '0')}`);
  for (let index = 0; index < ids.length; index += 100) {
    const some = ids.slice(index, index + 100);
    await Promise.all(some.map((id) => server.push(on(3000, id, `web-${id}`))));
  }
  const { services, opens, checked, machines } = await preview(server, [ELSEWHERE]);
  assert.deepEqual([services, checked, machines], [[{ name: 'web', machines: 1_003 }], 1_000, 1_003]);
  assert.deepEqual(
    opens.map(({ machines: count, hosts }) => [count, hosts.length]),
    [[1_000, 50]],
  );
});
