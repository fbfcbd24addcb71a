import type { Finding, FindingGroupView } from '@portlight/server/views';

type Ladder = Extract<Finding, { kind: 'ladder' }>;
type Drift = Extract<Finding, { kind: 'drift' }>;
type Exposed = Extract<Finding, { kind: 'exposed' }>;
type Leak = Extract<Finding, { kind: 'leak' }>;
type Outdated = Extract<Finding, { kind: 'outdated-executable' }>;
type Missing = Extract<Finding, { kind: 'missing' }>;
type Wedged = Extract<Finding, { kind: 'wedged' }>;
type Forecast = Extract<Finding, { kind: 'forecast' }>;

/** Findings as an agent words them; tests change what they are about. */
const FACTS = {
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
const holders = (...pids: readonly number[]) => pids.map((pid) => ({ pid, startTicks: pid * 10 }));

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

export function wedged(changes: Partial<Wedged> = {}): Wedged {
  return {
    ...FACTS,
    kind: 'wedged',
    label: 'Wedged',
    program: 'java',
    unit: 'billing-api.service',
    port: 8080,
    title: 'java on 8080 accepts no connections',
    subtitle: 'Wedged · billing-api.service · 51 waiting, 0 accepted for 14 min',
    sentence: 'java holds 8080 but does not answer.',
    details: { waiting: 51, since: '2026-11-23T02:41:09.000Z', givenUp: 0, hasOverflowed: false },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

/** Nothing listens on 3000. */
export function missing(changes: Partial<Missing> = {}): Missing {
  const home = { address: '127.0.0.1', port: 3000, source: 'here', support: 'held for 41 d' } as const;
  return {
    ...FACTS,
    kind: 'missing',
    label: 'Missing',
    title: 'Nothing listens on 3000',
    subtitle: 'Missing · web.service held it for 41 days until 02:41',
    sentence: 'Nothing listens on 3000; web.service should.',
    details: {
      home,
      heldUntil: '2026-11-23T02:41:09.000Z',
      missing: [{ address: '127.0.0.1', port: 3000 }],
    },
    causes: [],
    holders: [],
    ...changes,
  };
}

/** redis-server of 127.0.0.1:6379 is on every interface. */
export function exposed(changes: Partial<Exposed> = {}): Exposed {
  return {
    ...FACTS,
    kind: 'exposed',
    label: 'Exposed',
    severity: 'warning',
    program: 'redis-server',
    unit: 'redis.service',
    port: 6379,
    title: 'redis-server 6379 is open on every interface',
    subtitle: 'Exposed · redis.service · was 127.0.0.1, now 0.0.0.0',
    sentence: '6379 is open on every interface since 02:41.',
    details: {
      home: { address: '127.0.0.1', port: 6379, source: 'here', support: 'held for 41 d' },
      current: { address: '0.0.0.0', port: 6379 },
      exposure: 'any',
    },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

export function leak(changes: Partial<Leak> = {}): Leak {
  const ports = Array.from({ length: 12 }, (_, index) => 7000 + index);
  return {
    ...FACTS,
    kind: 'leak',
    label: 'Leak',
    severity: 'warning',
    address: null,
    port: null,
    title: 'node holds 12 ports and opens more',
    subtitle: 'Leak · web.service · +12 in 10 min · one process',
    sentence: 'One process keeps opening ports: 12 so far.',
    details: { pid: 18231, ports, total: ports.length, grownBy: 12 },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

export function outdated(changes: Partial<Outdated> = {}): Outdated {
  return {
    ...FACTS,
    kind: 'outdated-executable',
    label: 'Outdated executable',
    severity: 'notice',
    address: null,
    port: null,
    title: 'node runs a program file that was replaced',
    subtitle: 'Outdated executable · running since 17 Nov, replaced 02:41',
    sentence: 'node still runs the old program file.',
    details: { pid: 18231, executable: '/usr/bin/node' },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

/** The descriptors of node end at 04:52; it is about no port. */
export function forecast(changes: Partial<Forecast> = {}, details: Partial<Forecast['details']> = {}): Forecast {
  return {
    ...FACTS,
    kind: 'forecast',
    label: 'Forecast',
    severity: 'warning',
    address: null,
    port: null,
    title: 'node runs out of file descriptors at about 04:52',
    subtitle: 'Forecast · web.service · 41,210 of 65,536 open, +248 a minute',
    sentence: 'File descriptors end at about 04:52 at this pace.',
    details: {
      resource: 'file-descriptors',
      used: 41_210,
      limit: 65_536,
      perMinute: 248,
      exhaustedAt: '2026-11-23T04:52:00.000Z',
      pid: 18231,
      ...details,
    },
    causes: [],
    holders: holders(18231),
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
