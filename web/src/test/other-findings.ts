import type { Finding } from '@portlight/server/views';
import { drift, FACTS, holders, ladder } from './findings.ts';

/** Findings of the kinds that are not about a program elsewhere, as an agent words them; tests change what they are about. */
type OfKind<K extends Finding['kind']> = Extract<Finding, { kind: K }>;

export function wedged(changes: Partial<OfKind<'wedged'>> = {}): OfKind<'wedged'> {
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
export function missing(changes: Partial<OfKind<'missing'>> = {}): OfKind<'missing'> {
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
export function exposed(changes: Partial<OfKind<'exposed'>> = {}): OfKind<'exposed'> {
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

export function leak(changes: Partial<OfKind<'leak'>> = {}): OfKind<'leak'> {
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

export function outdated(changes: Partial<OfKind<'outdated-executable'>> = {}): OfKind<'outdated-executable'> {
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
export function forecast(
  changes: Partial<OfKind<'forecast'>> = {},
  details: Partial<OfKind<'forecast'>['details']> = {},
): OfKind<'forecast'> {
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

export function staleHolder(changes: Partial<OfKind<'stale-holder'>> = {}): OfKind<'stale-holder'> {
  return {
    ...FACTS,
    kind: 'stale-holder',
    label: 'Stale holder',
    title: 'An old node still holds 3000',
    subtitle: 'Stale holder · pid 18231, started 17 Nov, replaced 02:41',
    sentence: 'An old process holds 3000, so the new one cannot.',
    details: { pid: 18231, newerPid: 20114, cause: 'ignored-sigterm' },
    causes: [],
    holders: holders(20114, 18231),
    ...changes,
  };
}

export function cycling(changes: Partial<OfKind<'cycling'>> = {}): OfKind<'cycling'> {
  return {
    ...FACTS,
    kind: 'cycling',
    label: 'Cycling',
    severity: 'warning',
    program: 'statsd_exporter',
    unit: 'statsd-exporter.service',
    port: 9102,
    title: 'statsd_exporter opens and drops 9102 every 9 s',
    subtitle: 'Cycling · statsd-exporter.service · 66 restarts in 10 min',
    sentence: 'statsd_exporter restarts every 9 s.',
    details: { generations: 66, withinSeconds: 600, periodSeconds: 9, growing: [] },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

export function wrongHolder(changes: Partial<OfKind<'wrong-holder'>> = {}): OfKind<'wrong-holder'> {
  return {
    ...FACTS,
    kind: 'wrong-holder',
    label: 'Wrong holder',
    program: 'java',
    service: 'web',
    title: 'java holds 3000, which belongs to node',
    subtitle: 'Wrong holder · web.service · declared 127.0.0.1:3000',
    sentence: 'java holds node’s port 3000.',
    details: { home: { address: '127.0.0.1', port: 3000, source: 'declared', support: null }, pid: 18231 },
    causes: [],
    holders: holders(18231),
    ...changes,
  };
}

export function sharedPort(changes: Partial<OfKind<'shared-port'>> = {}): OfKind<'shared-port'> {
  return {
    ...FACTS,
    kind: 'shared-port',
    label: 'Shared port',
    severity: 'warning',
    title: 'Two programs share 3000',
    subtitle: 'Shared port · SO_REUSEPORT · pids 18231, 20114',
    sentence: 'Two unrelated processes share 3000; each gets a part of the connections.',
    details: { pids: [18231, 20114] },
    causes: [],
    holders: holders(18231, 20114),
    ...changes,
  };
}

export const ONE_OF_EACH_KIND: readonly Finding[] = [
  drift(),
  ladder(),
  staleHolder(),
  wedged(),
  cycling(),
  missing(),
  wrongHolder(),
  sharedPort(),
  exposed(),
  leak(),
  outdated(),
  forecast(),
];
