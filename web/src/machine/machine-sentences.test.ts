import assert from 'node:assert/strict';
import test from 'node:test';
import { toMs } from '../format/time.ts';
import { addressFacts, systemFacts } from './machine-sentences.ts';

const host = {
  id: 'h',
  name: 'web-eu-117',
  os: 'CentOS Linux 8',
  kernelVersion: '4.18.0-348.el8.x86_64',
  architecture: 'x64',
  bootId: null,
  bootedAt: '2026-10-13T00:00:00.000Z',
  addresses: [],
  labels: {},
};
const now = toMs('2026-11-23T03:14:07.000Z');

test('the system is told as far as it is known', () => {
  assert.equal(systemFacts({ host }, now), 'CentOS Linux 8 · kernel 4.18.0-348.el8.x86_64 · up 41 d');
  assert.equal(systemFacts({ host: { ...host, os: null, bootedAt: null } }, now), 'kernel 4.18.0-348.el8.x86_64');
  assert.equal(
    systemFacts({ host: { ...host, os: null, kernelVersion: null, bootedAt: null } }, now),
    'system unknown',
  );
});

test('of several addresses the first is shown and the others are counted', () => {
  assert.deepEqual([[], ['10.20.4.117'], ['10.20.4.117', 'fd00::1', '192.168.0.1']].map(addressFacts), [
    'no address told',
    '10.20.4.117',
    '10.20.4.117 and 2 more',
  ]);
});
