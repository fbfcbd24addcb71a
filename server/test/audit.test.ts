import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry, Page } from '../src/views.ts';
import { bearer, json, trialServer, withTokens, type TrialServer } from './trial-server.ts';

const ADMIN = bearer('admin');

function audit(server: TrialServer, query = ''): Promise<Page<AuditEntry>> {
  return json<Page<AuditEntry>>(server.get(`/api/v1/audit${query}`, ADMIN));
}

test('who signed in, who failed to, and who changed what is kept, the newest first', async (context) => {
  const server = await trialServer(context, withTokens(context));
  await server.post('/api/v1/session', { token: 'a-read-token-of-this-test' });
  await server.post('/api/v1/session', { token: 'no-token-of-this-test' });
  await server.put('/api/v1/expectations', { format: 1, services: [{ name: 'web', places: ['127.0.0.1:80'] }] }, ADMIN);
  await server.post('/api/v1/maintenance', {}, ADMIN);
  const { items, total, nextCursor, serverNow } = await audit(server);
  assert.deepEqual(
    items.map(({ action, by, address, hostId, detail }) => [action, by, address, hostId, detail]),
    [
      ['maintenance-run', 'boss', '127.0.0.1', null, ''],
      ['expectations-stored', 'boss', '127.0.0.1', null, 'revision 1'],
      ['sign-in-failed', 'nobody', '127.0.0.1', null, ''],
      ['signed-in', 'reader', '127.0.0.1', null, 'role read'],
    ],
  );
  assert.deepEqual([total, nextCursor], [4, null]);
  assert.ok(items.every(({ at }) => Math.abs(Date.parse(serverNow) - Date.parse(at)) < 60_000));
  const chosen = await audit(server, '?action=signed-in');
  assert.deepEqual([chosen.total, chosen.items[0]?.by], [1, 'reader']);
  assert.equal((await server.get('/api/v1/audit?action=anything', ADMIN)).status, 400);
  assert.equal((await server.get('/api/v1/audit?cursor=anything', ADMIN)).status, 400);
});

test('however often somebody guesses, few records are kept of it', async (context) => {
  const server = await trialServer(context, withTokens(context));
  for (let guess = 0; guess < 50; guess += 1)
    await server.get('/api/v1/hosts', { Authorization: `Bearer guess${guess}` });
  const { items } = await audit(server, '?action=sign-in-failed');
  assert.deepEqual(
    items.map(({ detail }) => detail),
    ['20 failures within a minute: further ones are refused by 429', ''],
  );
});

test('records come a page at a time', async (context) => {
  const server = await trialServer(context, withTokens(context));
  for (let time = 0; time < 201; time += 1)
    await server.post('/api/v1/session', { token: 'a-read-token-of-this-test' });
  const first = await audit(server);
  const second = await audit(server, `?cursor=${first.nextCursor ?? ''}`);
  assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [200, 1, null]);
  assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 201);
});

test('without tokens whoever is on this machine is called local', async (context) => {
  const server = await trialServer(context);
  await server.post('/api/v1/maintenance', {});
  const { items } = await json<Page<AuditEntry>>(server.get('/api/v1/audit'));
  assert.deepEqual(
    items.map(({ action, by }) => [action, by]),
    [['maintenance-run', 'local']],
  );
});
