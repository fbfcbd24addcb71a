import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FindingGroupAnswer, HostView, TimelineView } from '../src/views.ts';
import {
  alive,
  change,
  drift,
  DRIFT_GROUP,
  event,
  full,
  holder,
  HOST_ID,
  ladder,
  LADDER_GROUP,
  leaving,
  listener,
  restarted,
  snapshot,
  TAKEN_AT,
} from './bodies.ts';
import { list, minute, pushFleet, withFindings } from './fleet-findings.ts';
import { json, trialServer } from './trial-server.ts';

test('what is gone from a machine’s next list closed at that push’s time and is kept among the closed', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift(), ladder()]));
  await server.push(change({ findings: [ladder()], sentAt: minute(20) }));
  const { items: open } = await list(server);
  assert.deepEqual(
    open.map(({ id }) => id),
    [LADDER_GROUP],
  );
  const { items } = await list(server, '?state=closed');
  assert.deepEqual(
    items.map(({ id, state, closedAt, machines, hosts }) => [id, state, closedAt, machines, hosts[0]?.closedAt]),
    [[DRIFT_GROUP, 'closed', minute(20), 1, minute(20)]],
  );
  const { snapshot: stored, host } = await json<HostView>(server.get(`/api/v1/hosts/${HOST_ID}`));
  assert.deepEqual(stored.findings, [ladder()]);
  assert.deepEqual([host.openFindings, host.worstSeverity], [1, 'critical']);
});

test('nothing closes before it began, whatever the agent’s clock says', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift()]));
  await server.push(change({ findings: [], sentAt: '2026-11-23T03:00:00.000Z' }));
  const { items } = await list(server, '?state=closed');
  assert.deepEqual(
    items.map(({ since, closedAt }) => [since, closedAt]),
    [[drift().since, drift().since]],
  );
});

const KEEPS_OPEN = [
  ['a change without a list', change()],
  ['a sign of life', alive()],
  ['leaving', leaving()],
  ['a change from another state', change({ baseDigest: 'unknown', findings: [] })],
  ['a push that came before', full({ sequence: 1 })],
] as const;

for (const [what, push] of KEEPS_OPEN) {
  test(`${what} leaves findings open`, async (context) => {
    const server = await trialServer(context);
    await server.push(withFindings([drift()]));
    await server.push(push);
    assert.equal((await list(server)).total, 1);
    const { snapshot: stored, host } = await json<HostView>(server.get(`/api/v1/hosts/${HOST_ID}`));
    assert.deepEqual([stored.findings, host.openFindings], [[drift()], 1]);
  });
}

test('a full push of a later agent start closes what it does not tell of, at the time it looked', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift(), ladder()]));
  await server.push(restarted(minute(30), { snapshot: snapshot({ findings: [drift()], takenAt: minute(31) }) }));
  const { items } = await list(server, '?state=closed');
  assert.deepEqual(
    items.map(({ id, closedAt }) => [id, closedAt]),
    [[LADDER_GROUP, minute(31)]],
  );
  assert.deepEqual((await list(server)).items[0]?.since, drift().since);
});

test('a finding that opens again is a new one with the agent’s own times', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift()]));
  await server.push(change({ findings: [] }));
  const again = drift({ since: minute(40), detectedAt: minute(41) });
  await server.push(change({ sequence: 3, baseDigest: 'digest-2', digest: 'digest-3', findings: [again] }));
  const { items } = await list(server);
  assert.deepEqual(
    items.map(({ since, detectedAt, hosts, hostsOmitted }) => [since, detectedAt, hosts.length, hostsOmitted]),
    [[minute(40), minute(41), 1, 0]],
  );
  assert.equal((await list(server, '?state=closed')).total, 0);
});

test('a finding that changes stays the same one', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift({ severity: 'warning' })]));
  await server.push(change({ findings: [drift({ title: 'node is on 3002, should be on 3000' })] }));
  const { items } = await list(server);
  assert.deepEqual(
    items.map(({ severity, title }) => [severity, title]),
    [['critical', 'node is on 3002, should be on 3000']],
  );
  assert.equal((await list(server, '?state=closed')).total, 0);
});

test('a trouble lasts until the last machine is rid of it; the first ones come after those that have it', async (context) => {
  const server = await trialServer(context);
  await pushFleet(server);
  await server.push({ ...change({ findings: [], sentAt: minute(25) }), hostId: 'machine-0002' });
  const one = await json<FindingGroupAnswer>(server.get(`/api/v1/findings/${DRIFT_GROUP}`));
  assert.deepEqual([one.state, one.closedAt, one.machines, one.title], ['open', null, 2, 'db-01']);
  assert.deepEqual(
    one.hosts.map(({ name, closedAt }) => [name, closedAt]),
    [
      ['db-01', null],
      ['web-01', null],
      ['web-02', minute(25)],
    ],
  );
  assert.equal((await list(server, '?state=closed')).total, 0);
  for (const [hostId, at] of [
    ['machine-0001', 27],
    ['machine-0003', 26],
  ] as const) {
    await server.push({ ...change({ findings: [], sentAt: minute(at) }), hostId });
  }
  const ended = await json<FindingGroupAnswer>(server.get(`/api/v1/findings/${DRIFT_GROUP}`));
  assert.deepEqual([ended.state, ended.closedAt, ended.machines], ['closed', minute(27), 3]);
  assert.match(ended.serverNow, /Z$/);
});

test('one id told twice in a list is one finding', async (context) => {
  const server = await trialServer(context);
  await server.push(withFindings([drift(), drift({ networkNamespace: '4026532000' })]));
  const { host, snapshot: stored } = await json<HostView>(server.get(`/api/v1/hosts/${HOST_ID}`));
  assert.deepEqual([host.openFindings, stored.findings], [1, [drift()]]);
  assert.equal((await list(server)).items[0]?.machines, 1);
});

test('a stored snapshot lists findings as the agent does: the worst first, then by port', async (context) => {
  const server = await trialServer(context);
  const findings = [
    drift({ id: '3333333333333333', groupId: '3333333333333333', port: 80 }),
    drift(),
    ladder({ severity: 'warning', port: 22 }),
  ];
  await server.push(withFindings(findings.toReversed()));
  const view = await json<HostView>(server.get(`/api/v1/hosts/${HOST_ID}`));
  assert.deepEqual(view.snapshot, { ...snapshot({ findings }), listeners: view.snapshot.listeners, takenAt: TAKEN_AT });
});

test('the timeline says until when the process was in charge that a finding calls left behind', async (context) => {
  const server = await trialServer(context);
  const newer = listener({ port: 3001, inode: '90002', holders: [1] });
  const processes = [holder(), holder({ pid: 4712, startTicks: 223456 })];
  const range = '?from=2026-11-23T15:00:00Z&to=2026-11-23T16:00:00Z';
  const spans = async (): Promise<readonly (readonly unknown[])[]> => {
    const { rows } = await json<TimelineView>(server.get(`/api/v1/hosts/web-01/timeline${range}`));
    return rows.flatMap((row) => row.spans.map(({ pid, end, chargeUntil }) => [row.port, pid, end, chargeUntil]));
  };
  await server.push(full({ snapshot: snapshot({ listeners: [listener(), newer], findings: [drift()] }), processes }));
  assert.deepEqual(await spans(), [
    [3000, 4711, null, drift().since],
    [3001, 4712, null, null],
  ]);
  const { protocol, address, port, networkNamespace, inode } = listener();
  const ended = event({ kind: 'closed', at: minute(20) });
  await server.push(
    change({
      closed: [{ protocol, address, port, networkNamespace, inode }],
      events: [ended],
      processes: [holder()],
      findings: [],
      sentAt: minute(20),
    }),
  );
  assert.deepEqual(await spans(), [
    [3000, 4711, minute(20), drift().since],
    [3001, 4712, null, null],
  ]);
});
