import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import type { ExpectationsView, PinPreview } from '../src/views.ts';
import { drift, DRIFT_GROUP, DRIFT_ID, full, holder, listener, snapshot } from './bodies.ts';
import { bearer, json, trialServer, withTokens } from './trial-server.ts';

const PREVIEW = '/api/v1/expectations/pin/preview';
const pin = { finding: DRIFT_ID, scope: 'host', name: 'front' } as const;
/** web-01 as the drift tells of it: the new process on 3001, the old one still on 3000. */
const drifted = full({
  snapshot: snapshot({
    findings: [drift()],
    listeners: [listener(), listener({ port: 3001, inode: '90002', holders: [1] })],
  }),
  processes: [holder(), holder({ pid: 4712, startTicks: 223456 })],
});

test('a pin can be looked at before anything is stored, and declares then what it said', async (context) => {
  const server = await trialServer(context);
  await server.push(drifted);
  const { service, services, checked } = await json<PinPreview>(server.post(PREVIEW, pin));
  assert.deepEqual(service, { name: 'front', places: ['127.0.0.1:3001'], unit: 'web.service', hosts: ['web-01'] });
  assert.deepEqual([services, checked], [[{ name: 'front', machines: 1 }], 1]);
  assert.equal((await json<ExpectationsView>(server.get('/api/v1/expectations'))).revision, 0);
  const stored = await json<ExpectationsView>(server.post('/api/v1/expectations/pin', pin));
  assert.deepEqual([stored.revision, stored.services], [1, [service]]);
  assert.equal((await json<PinPreview>(server.post(PREVIEW, pin))).service, null);
});

test('a pin that would be refused is refused when it is looked at, and a reader may not look', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const refused = await server.post(PREVIEW, { ...pin, finding: DRIFT_GROUP }, bearer('admin'));
  assert.deepEqual([refused.status, (await json<ErrorAnswer>(refused)).error.code], [404, 'unknown-finding']);
  assert.equal((await server.post(PREVIEW, { ...pin, scope: 'all' }, bearer('admin'))).status, 422);
  assert.equal((await server.post(PREVIEW, pin, bearer('read'))).status, 403);
});
