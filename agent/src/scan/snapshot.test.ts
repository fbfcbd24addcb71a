import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanOnce } from '../../test/scanned-machine.ts';
import { composeSnapshot } from './snapshot.ts';

test('a snapshot is the scan with the names of machine and agent', () => {
  const scan = scanOnce();
  const host = { id: 'a1', name: 'web-01', architecture: 'x64', addresses: ['10.0.0.5'], labels: { group: 'web' } };
  const cost = { cpuSeconds: 1, residentBytes: 2, scans: 3 };
  const agent = { version: '0.1.0', startedAt: scan.takenAt, endpoint: null, scanEveryMs: 1000, cost };
  const { takenAt, listeners, coverage, kernel } = scan;
  assert.deepEqual(composeSnapshot({ scan, host, agent, findings: [] }), {
    schema: 1,
    host: { ...host, ...scan.host },
    agent,
    takenAt,
    listeners,
    findings: [],
    coverage,
    kernel,
  });
});
