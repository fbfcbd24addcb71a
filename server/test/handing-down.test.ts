import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FullPush, HandedExpectations, Holder } from '@portlight/agent/contract';
import type { ExpectationsView, ServiceDeclaration } from '../src/views.ts';
import {
  alive,
  change,
  drift,
  full,
  fullOf,
  holder,
  HOST_ID,
  leaving,
  listener,
  snapshot,
  troubled,
} from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

const WEB: ServiceDeclaration = { name: 'web', places: ['127.0.0.1:3000'], unit: 'web.service', hosts: ['web-*'] };
const HANDED_WEB = {
  ...{ name: 'web', places: [{ address: '127.0.0.1', port: 3000 }] },
  ...{ unit: 'web.service', exe: null, user: null },
};

async function declare(server: TrialServer, services: readonly ServiceDeclaration[]): Promise<void> {
  const response = await server.put('/api/v1/expectations', { format: 1, services });
  assert.equal(response.status, 200, await response.text());
}

/** What an agent that tells this version is handed with its next sign of life. */
async function handed(server: TrialServer, version?: string, hostId = HOST_ID): Promise<HandedExpectations | null> {
  const told = version === undefined ? {} : { expectationsVersion: version };
  return (await server.push({ ...alive({ hostId }), ...told })).expectations;
}

test('a machine is handed what is declared for it, until it tells that it has it', async (context) => {
  const server = await trialServer(context);
  assert.equal((await server.push(full())).expectations, null);
  await server.push(fullOf('machine-0002', 'db-01'));
  assert.equal(await handed(server), null);
  await declare(server, [WEB]);
  const given = await handed(server, 'of-another-server');
  assert.ok(given);
  assert.deepEqual({ services: given.services, homes: given.homes }, { services: [HANDED_WEB], homes: [] });
  assert.match(given.version, /^[0-9a-f]{16}$/);
  assert.equal(await handed(server, given.version), null);
  assert.equal(await handed(server, undefined, 'machine-0002'), null);
  // A revision that changes nothing for this machine is none to it.
  await declare(server, [WEB, { ...WEB, name: 'db', hosts: ['db-*'] }]);
  assert.equal(await handed(server, given.version), null);
  assert.deepEqual(
    (await handed(server, undefined, 'machine-0002'))?.services.map(({ name }) => name),
    ['db'],
  );
});

test('what is declared no more is taken back', async (context) => {
  const server = await trialServer(context);
  await declare(server, [WEB]);
  const first = (await server.push(full())).expectations;
  assert.deepEqual(first?.services, [HANDED_WEB]);
  await declare(server, []);
  const none = await handed(server, first.version);
  assert.deepEqual([none?.services, none?.homes], [[], []]);
  assert.equal(await handed(server, none?.version), null);
});

test('an agent that has none gets the first ones at once; one that never tells a version, only with a full push', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await declare(server, [WEB]);
  assert.deepEqual((await handed(server))?.services, [HANDED_WEB]);
  assert.equal(await handed(server), null);
  assert.equal((await server.push(change({ processes: [holder()] }))).expectations, null);
  assert.deepEqual((await server.push(full({ sequence: 3 }))).expectations?.services, [HANDED_WEB]);
  assert.equal((await server.push(leaving())).expectations, null);
});

test('labels decide as the machine tells them', async (context) => {
  const server = await trialServer(context);
  await declare(server, [{ ...WEB, hosts: ['*'], labels: { zone: 'b' } }]);
  assert.equal((await server.push(full())).expectations, null);
  const whole = snapshot();
  const moved = { ...whole, host: { ...whole.host, labels: { zone: 'b' } } };
  assert.deepEqual((await server.push(full({ sequence: 2, snapshot: moved }))).expectations?.services, [HANDED_WEB]);
});

test('a machine the server does not know is asked for everything first', async (context) => {
  const server = await trialServer(context);
  await declare(server, [WEB]);
  const answer = await server.push({ ...alive(), expectationsVersion: 'of-another-server' });
  assert.deepEqual([answer.needFull, answer.expectations], [true, null]);
});

test('after a restart of the server a machine keeps the version it has', async (context) => {
  const server = await trialServer(context);
  await declare(server, [WEB]);
  const given = (await server.push(full())).expectations;
  await server.stop();
  const next = await trialServer(context, ['--store', `sqlite:${server.folder}/portlight.db`]);
  assert.equal(await handed(next, given?.version), null);
  assert.deepEqual((await handed(next, 'another'))?.version, given?.version);
});

test('what one instance stores another one hands down soon', async (context) => {
  const one = await trialServer(context);
  const other = await trialServer(context, ['--store', `sqlite:${one.folder}/portlight.db`]);
  await other.push(full());
  await declare(one, [WEB]);
  const deadline = Date.now() + 20_000;
  let given = await handed(other, 'none');
  while (given?.services.length !== 1 && Date.now() < deadline) {
    await sleep(100);
    given = await handed(other, 'none');
  }
  assert.deepEqual(given?.services, [HANDED_WEB]);
});

/** A full push of a machine whose node listens on that port. */
function running(id: string, name: string, port: number, program: Partial<Holder> = {}): FullPush {
  const { snapshot: whole, ...push } = fullOf(id, name);
  return { ...push, snapshot: { ...whole, listeners: [listener({ port })] }, processes: [holder(program)] };
}

const FLEET = [1, 2, 3, 4, 5, 6].map((number) => `machine-000${number}`);

async function maintain(server: TrialServer): Promise<void> {
  assert.equal((await server.post('/api/v1/maintenance', {})).status, 200);
}

test('where most machines have a program is learned, shown with its support and handed to who runs it', async (context) => {
  const server = await trialServer(context);
  for (const [index, id] of FLEET.entries()) await server.push(running(id, `web-0${index}`, index === 0 ? 3005 : 3000));
  await server.push(running('machine-0007', 'db-01', 5432, { programKey: 'postgres:', program: 'postgres' }));
  await maintain(server);
  const { learned, learnedOmitted } = await json<ExpectationsView>(server.get('/api/v1/expectations'));
  assert.deepEqual(
    [learned.map((home) => ({ ...home, since: '' })), learnedOmitted],
    [
      [
        {
          ...{ programKey: 'node:server.js', program: 'node', address: '127.0.0.1', port: 3000 },
          ...{ machines: 5, of: 6, support: '5 of 6', since: '' },
        },
      ],
      0,
    ],
  );
  const home = { programKey: 'node:server.js', address: '127.0.0.1', port: 3000, support: '5 of 6' };
  for (const id of FLEET.slice(0, 2)) assert.deepEqual((await handed(server, undefined, id))?.homes, [home]);
  assert.equal(await handed(server, undefined, 'machine-0007'), null);
});

test('a machine keeps the home of a program that ended, and an incident of all does not move it', async (context) => {
  const server = await trialServer(context);
  for (const [index, id] of FLEET.entries()) await server.push(running(id, `web-0${index}`, 3000));
  await maintain(server);
  const given = await handed(server, 'none', FLEET[0]);
  const first = running(FLEET[0] ?? '', 'web-00', 3000);
  await server.push({ ...first, sequence: 2, snapshot: { ...first.snapshot, listeners: [] }, processes: [] });
  for (const id of FLEET.slice(1)) {
    const off = troubled(id, `web-${id}`, [drift({ id: id.replace(/\D/g, '').padStart(16, '0') })]);
    await server.push({ ...off, sequence: 2, snapshot: { ...off.snapshot, listeners: [listener({ port: 3001 })] } });
  }
  await maintain(server);
  await maintain(server);
  assert.equal(await handed(server, given?.version, FLEET[0]), null);
  const { learned } = await json<ExpectationsView>(server.get('/api/v1/expectations'));
  assert.deepEqual(
    learned.map(({ port, support }) => [port, support]),
    [[3000, '6 of 6']],
  );
});
