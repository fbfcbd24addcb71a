import type { Finding, FindingGroupView } from '@portlight/server/views';

type Ladder = Extract<Finding, { kind: 'ladder' }>;
type Drift = Extract<Finding, { kind: 'drift' }>;

/** Findings as an agent words them; tests change what they are about. */
export const FACTS = {
  id: 'a1b2c3d4e5f60718',
  groupId: '0011223344556677',
  severity: 'critical',
  program: 'node',
  programKey: 'node /srv/web/server.js',
  service: null,
  unit: 'web.service',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: '1',
  since: '2026-11-23T02:41:09.000Z',
  detectedAt: '2026-11-23T02:41:10.000Z',
  why: 'An old process (pid 18231) still holds 127.0.0.1:3000.',
  evidence: ['node held 3000 for 41 d.'],
  steps: [{ title: 'Stop the climb', command: 'sudo systemctl stop -- "web.service"' }],
} as const;

const left = (port: number, pid: number, since: string) =>
  ({ kind: 'stale-holder', cause: 'ignored-sigterm', port, pid, since }) as const;
export const holders = (...pids: readonly number[]) => pids.map((pid) => ({ pid, startTicks: pid * 10 }));

export function drift(changes: Partial<Drift> = {}): Drift {
  return {
    ...FACTS,
    kind: 'drift',
    label: 'Drift',
    title: 'node is on 3001, should be on 3000',
    subtitle: 'Drift · web.service · old process still holds 127.0.0.1:3000',
    sentence: 'node is off its port: expected 3000, now on 3001.',
    details: {
      home: { address: '127.0.0.1', port: 3000, source: 'here', support: 'held for 41 d' },
      current: [{ address: '127.0.0.1', port: 3001 }],
    },
    causes: [left(3000, 18231, '2026-11-23T02:41:09.000Z')],
    holders: holders(20114, 18231),
    ...changes,
  };
}

/** 3000 to 3002, with 3003 due at 02:51. */
export function ladder(changes: Partial<Ladder> = {}): Ladder {
  return {
    ...FACTS,
    kind: 'ladder',
    label: 'Ladder',
    title: 'node climbs from 3000 up to 3002',
    subtitle: 'Ladder · web.service · a new port every 5 min',
    sentence: 'node is off its port: expected 3000, newest is on 3002 and climbing.',
    details: {
      home: { address: '127.0.0.1', port: 3000, source: 'here', support: 'held for 41 d' },
      ports: [3000, 3001, 3002],
      pids: [18231, 20114, 20377],
      paceSeconds: 300,
      nextPort: 3003,
      nextAt: '2026-11-23T02:51:00.000Z',
    },
    causes: [left(3000, 18231, '2026-11-23T02:41:09.000Z'), left(3001, 20114, '2026-11-23T02:46:00.000Z')],
    holders: holders(20377, 20114, 18231),
    ...changes,
  };
}

/** The same trouble as the fleet sees it, on as many machines as `begun` has times, of `machines` in its group. */
export function groupOf(
  finding: Finding,
  begun: readonly string[],
  machines: number,
  changes: Partial<FindingGroupView> = {},
): FindingGroupView {
  return {
    ...finding,
    id: finding.groupId,
    state: 'open',
    closedAt: null,
    machines: begun.length,
    radius: [{ group: 'web-eu', affected: begun.length, machines }],
    hosts: begun.map((since, index) => ({
      id: `host-${index}`,
      name: `web-eu-${index}`,
      findingId: `${finding.id}-${index}`,
      port: 3001,
      since,
      closedAt: null,
    })),
    hostsOmitted: 0,
    ...changes,
  };
}
