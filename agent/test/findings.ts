/** Findings for tests, as the judge makes them. */
import { type FindingFacts, type FindingOf } from '../src/contract.ts';

const FACTS: FindingFacts = {
  id: '0123456789abcdef',
  groupId: 'fedcba9876543210',
  label: 'Drift',
  severity: 'critical',
  program: 'node',
  programKey: 'node /srv/web/server.js',
  service: null,
  unit: 'web.service',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: '4026531840',
  since: '2026-11-23T02:41:09.000Z',
  detectedAt: '2026-11-23T02:41:10.000Z',
  title: 'node is on 3001, should be on 3000',
  subtitle: 'Drift · web.service · old process still holds 127.0.0.1:3000',
  sentence: 'node is off its port: expected 3000, now on 3001.',
  why: 'An old process (pid 18231) still holds 127.0.0.1:3000.',
  causes: [
    { kind: 'stale-holder', cause: 'ignored-sigterm', port: 3000, pid: 18231, since: '2026-11-23T02:41:09.000Z' },
  ],
  holders: [
    { pid: 18231, startTicks: 4711 },
    { pid: 20114, startTicks: 9000 },
  ],
  evidence: ['Pid 18231 still runs.'],
  steps: [{ title: 'See who listens', command: "sudo ss -Hltnp 'sport = :3000'", expect: 'One line' }],
};

/** pid 18231 holds 3000, pid 20114 came later and is on 3001. */
export const drift = (changes: Partial<FindingOf<'drift'>> = {}): FindingOf<'drift'> => ({
  ...FACTS,
  kind: 'drift',
  details: {
    home: { address: '127.0.0.1', port: 3000, source: 'here', support: null },
    current: [{ address: '127.0.0.1', port: 3001 }],
  },
  ...changes,
});

/** pids 18231, 20114 and 20377 on 3000, 3001 and 3002. */
export const ladder = (changes: Partial<FindingOf<'ladder'>> = {}): FindingOf<'ladder'> => ({
  ...FACTS,
  kind: 'ladder',
  label: 'Ladder',
  title: 'node climbs from 3000 up to 3002',
  sentence: 'node is off its port: expected 3000, newest is on 3002 and climbing.',
  details: {
    home: { address: '127.0.0.1', port: 3000, source: 'here', support: null },
    ports: [3000, 3001, 3002],
    pids: [18231, 20114, 20377],
    paceSeconds: 240,
    nextPort: 3003,
    nextAt: '2026-11-23T03:15:00.000Z',
  },
  causes: [18231, 20114].map((pid, at) => ({
    kind: 'stale-holder',
    cause: 'ignored-sigterm',
    port: 3000 + at,
    pid,
    since: '2026-11-23T02:41:09.000Z',
  })),
  holders: [
    { pid: 18231, startTicks: 4711 },
    { pid: 20114, startTicks: 9000 },
    { pid: 20377, startTicks: 9500 },
  ],
  ...changes,
});

/** pid 18231 holds 3000 after the program that opened it is gone. */
export const staleHolder = (changes: Partial<FindingOf<'stale-holder'>> = {}): FindingOf<'stale-holder'> => ({
  ...FACTS,
  kind: 'stale-holder',
  label: 'Stale holder',
  title: 'node still holds 3000',
  sentence: 'node holds 3000: whoever wants it cannot have it.',
  details: { pid: 18231, newerPid: null, cause: 'inherited' },
  holders: [{ pid: 18231, startTicks: 4711 }],
  ...changes,
});
