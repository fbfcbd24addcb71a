import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Holder } from '@portlight/agent/contract';
import type { FindingGroupView, HostMap, Page, SummaryView } from '../src/views.ts';
import { change, drift, ladder, leaving, troubled } from './bodies.ts';
import { minute, pushFleet } from './fleet-findings.ts';
import { json, trialServer } from './trial-server.ts';

test('the summary counts troubles, machines off their port, and tells what ended last', async (context) => {
  const server = await trialServer(context);
  await pushFleet(server);
  const summary = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.deepEqual(summary.findings, { critical: 4, warning: 0, notice: 0, total: 4 });
  assert.equal(summary.troubles, 2);
  assert.deepEqual(summary.offPort, {
    machines: 4,
    groups: ['web', 'cache', 'db'],
    groupsOmitted: 0,
    programs: ['node'],
  });
  assert.equal(summary.lastClosed, null);
  await server.push({ ...change({ findings: [], sentAt: minute(25) }), hostId: 'machine-0001' });
  assert.equal((await json<SummaryView>(server.get('/api/v1/summary'))).lastClosed, null);
  await server.push({ ...change({ findings: [], sentAt: minute(26) }), hostId: 'machine-0004' });
  const after = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.deepEqual([after.troubles, after.offPort.machines, after.offPort.groups], [1, 2, ['db', 'web']]);
  assert.deepEqual(after.lastClosed, {
    title: ladder().title,
    host: 'cache-01',
    since: minute(9),
    closedAt: minute(26),
  });
});

test('more than six groups and programs are counted, a machine once', async (context) => {
  const server = await trialServer(context);
  for (const letter of 'abcdefgh') {
    const both = [drift({ program: letter }), ladder({ program: letter })];
    await server.push(troubled(`machine-000${letter}`, `${letter}-01`, both));
  }
  const { offPort } = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.deepEqual(offPort, {
    machines: 8,
    groups: ['a', 'b', 'c', 'd', 'e', 'f'],
    groupsOmitted: 2,
    programs: ['a', 'b', 'c', 'd', 'e', 'f'],
  });
});

test('another agent tells of a finding what is promised, and details of its own making', async (context) => {
  const server = await trialServer(context);
  const { groupId, sentence, why, ...promised } = drift({ id: '00000000000000f1' });
  assert.ok(groupId && sentence && why);
  const exposed = { ...promised, kind: 'exposed', title: 'redis 6379 is open', details: { opened: ['everywhere'] } };
  const push = troubled('machine-0001', 'web-01', [exposed as unknown as Finding]);
  const [{ ancestors, ...process }] = push.processes as [Holder];
  assert.ok(Array.isArray(ancestors));
  await server.push({ ...push, processes: [process] });
  const { items } = await json<Page<FindingGroupView>>(server.get('/api/v1/findings'));
  assert.deepEqual(
    items.map(({ id, kind, sentence: told, why: because, details }) => [id, kind, told, because, details]),
    [['00000000000000f1', 'exposed', 'redis 6379 is open.', promised.subtitle, {}]],
  );
  const pin = { finding: '00000000000000f1', scope: 'host' };
  assert.equal((await server.post('/api/v1/expectations/pin', pin)).status, 422);
});

test('machines that hold their port and do not answer are counted once each, by their groups', async (context) => {
  const server = await trialServer(context);
  const wedged = (port: number): Finding => ({
    ...drift({ id: `00000000000${port}a`, groupId: `00000000000${port}b`, port }),
    kind: 'wedged',
    details: { waiting: 51, since: minute(2), givenUp: 0, hasOverflowed: false },
  });
  await server.push(troubled('machine-0001', 'web-01', [wedged(3000), wedged(3001)]));
  await server.push(troubled('machine-0002', 'web-02', [wedged(3000), drift()]));
  await server.push(troubled('machine-0003', 'db-01', [wedged(3000)]));
  await server.push(troubled('machine-0004', 'cache-01', [drift()]));
  const notAnswering = async () => (await json<SummaryView>(server.get('/api/v1/summary'))).notAnswering;
  assert.deepEqual(await notAnswering(), { machines: 3, groups: ['web', 'db'], groupsOmitted: 0 });
  await server.push({ ...change({ findings: [], sentAt: minute(25) }), hostId: 'machine-0003' });
  assert.deepEqual(await notAnswering(), { machines: 2, groups: ['web'], groupsOmitted: 0 });
});

test('the map has a letter for each kind, of the worst finding, and silence before all', async (context) => {
  const server = await trialServer(context);
  const stale: Finding = {
    ...drift(),
    kind: 'stale-holder',
    details: { pid: 4711, newerPid: null, cause: 'inherited' },
  };
  const another = (severity: Finding['severity']) =>
    drift({ id: '00000000000000e1', groupId: '00000000000000e0', severity });
  const other = (severity: Finding['severity']): Finding => ({
    ...another(severity),
    kind: 'shared-port',
    details: { pids: [4711, 4712] },
  });
  const home = { address: '127.0.0.1', port: 6379, source: 'here', support: null } as const;
  const lettered: readonly Finding[] = [
    { ...another('warning'), kind: 'missing', details: { home, heldUntil: null, missing: [] } },
    {
      ...another('warning'),
      kind: 'wedged',
      details: { waiting: 51, since: minute(2), givenUp: 0, hasOverflowed: false },
    },
    {
      ...another('warning'),
      kind: 'cycling',
      details: { generations: 5, withinSeconds: 60, periodSeconds: 9, growing: [] },
    },
    {
      ...another('warning'),
      kind: 'exposed',
      details: { home, current: { address: home.address, port: home.port }, exposure: 'any' },
    },
  ];
  const fleet: readonly (readonly Finding[])[] = [
    [],
    [drift(), ladder()],
    [drift()],
    [stale],
    [other('critical')],
    [other('warning')],
    [other('notice')],
    [other('critical'), ladder({ severity: 'warning' })],
    ...lettered.map((finding) => [finding]),
  ];
  for (const [index, findings] of fleet.entries()) {
    await server.push(troubled(`machine-00${10 + index}`, `web-${10 + index}`, findings));
  }
  await server.push(troubled('machine-0099', 'web-99', [ladder()]));
  await server.push({ ...leaving(), hostId: 'machine-0099' });
  assert.equal((await json<HostMap>(server.get('/api/v1/hosts/map'))).states, '.udhcwncmqyel');
});
