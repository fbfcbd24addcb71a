import type {
  AlivePush,
  ChangePush,
  FindingFacts,
  FindingOf,
  FullPush,
  Holder,
  LeavingPush,
  PushedEvent,
  PushedListener,
  PushedSnapshot,
} from '@portlight/agent/contract';

/** Valid bodies of a machine called web-01; tests change what they are about. */
export const HOST_ID = '3f0e6c1e-7f5b-4a53-9a55-0c3a4a0f7b01';
export const BOOT_ID = '6d137572-46c9-4cf6-b0c5-d4fc0caa3643';
export const STARTED_AT = '2026-11-23T15:00:00.000Z';
export const TAKEN_AT = '2026-11-23T15:17:05.123Z';
export const NAMESPACE = '4026531840';

export function holder(changes: Partial<Holder> = {}): Holder {
  return {
    pid: 4711,
    startedAt: '2026-11-23T14:00:00.000Z',
    startTicks: 123456,
    program: 'node',
    executable: '/usr/bin/node',
    executableDeleted: false,
    commandLine: ['node', 'server.js'],
    parentPid: 1,
    ancestors: [],
    uid: 1000,
    user: 'web',
    unit: 'web.service',
    container: null,
    scope: 'system',
    state: 'S',
    fileDescriptors: { open: 23, limit: 1024 },
    programKey: 'node:server.js',
    toldPorts: [3000],
    ...changes,
  };
}

export function listener(changes: Partial<PushedListener> = {}): PushedListener {
  return {
    protocol: 'tcp',
    family: 'ipv4',
    address: '127.0.0.1',
    port: 3000,
    exposure: 'loopback',
    inode: '90001',
    networkNamespace: NAMESPACE,
    isHostNamespace: true,
    uid: 1000,
    user: 'web',
    dualStack: null,
    openedAt: null,
    acceptQueue: 0,
    acceptQueueLimit: 4096,
    acceptQueueStuckSince: null,
    connections: null,
    holders: [0],
    holdersOmitted: 0,
    holdersUnknown: null,
    service: null,
    ...changes,
  };
}

export function event(changes: Partial<PushedEvent> = {}): PushedEvent {
  return {
    id: 1,
    at: TAKEN_AT,
    kind: 'opened',
    protocol: 'tcp',
    address: '127.0.0.1',
    port: 3000,
    networkNamespace: NAMESPACE,
    inode: '90001',
    holders: [0],
    detail: null,
    ...changes,
  };
}

export function snapshot(changes: Partial<PushedSnapshot> = {}): PushedSnapshot {
  return {
    schema: 1,
    host: {
      id: HOST_ID,
      name: 'web-01',
      os: 'Ubuntu 20.04.6 LTS',
      kernelVersion: '5.4.0-190-generic',
      architecture: 'x64',
      bootId: BOOT_ID,
      bootedAt: '2026-11-20T08:00:00.000Z',
      addresses: ['192.0.2.10'],
      labels: { zone: 'a' },
    },
    agent: {
      version: '0.1.0',
      startedAt: STARTED_AT,
      endpoint: 'http://127.0.0.1:9620',
      scanEveryMs: 1000,
      cost: { cpuSeconds: 0.25, residentBytes: 70_000_000, scans: 12 },
    },
    takenAt: TAKEN_AT,
    listeners: [listener()],
    findings: [],
    coverage: {
      processes: 120,
      unreadable: 0,
      namespaces: 1,
      unattributed: 0,
      skippedRows: 0,
      hidepid: false,
      notes: [],
    },
    kernel: {
      ephemeralPorts: [32768, 60999],
      reservedPorts: ['8080', '9000-9100'],
      somaxconn: 4096,
      listenOverflows: 0,
      listenDrops: 0,
      tcpInUse: 12,
      timeWait: 3,
      ephemeralInUse: null,
      fileHandles: { used: 1000, max: 100_000 },
      processes: { used: 300, max: 32_768 },
    },
    ...changes,
  };
}

/** What the findings of node on web-01 have in common. */
const FACTS: Omit<FindingFacts, 'id' | 'groupId' | 'label' | 'title' | 'subtitle' | 'sentence'> = {
  severity: 'critical',
  program: 'node',
  programKey: 'node:server.js',
  service: null,
  unit: 'web.service',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: NAMESPACE,
  since: '2026-11-23T15:16:00.000Z',
  detectedAt: '2026-11-23T15:16:01.000Z',
  why: 'The old process, pid 4711, did not end and still holds 127.0.0.1:3000.',
  causes: [
    { kind: 'stale-holder', cause: 'ignored-sigterm', port: 3000, pid: 4711, since: '2026-11-23T15:16:00.000Z' },
  ],
  holders: [
    { pid: 4712, startTicks: 223456 },
    { pid: 4711, startTicks: 123456 },
  ],
  evidence: ['pid 4711 has held 127.0.0.1:3000 since 14:00:00 UTC.'],
  steps: [{ title: 'See who holds port 3000', command: "sudo ss -Hltnp 'sport = :3000'", expect: 'pid=4711' }],
};

const HOME = { address: '127.0.0.1', port: 3000, source: 'here', support: 'held for 41 d' } as const;

export const DRIFT_ID = '00000000000000d1';
export const DRIFT_GROUP = '0000000000000d00';

/** node of web-01 is on 3001 instead of 3000. */
export function drift(changes: Partial<FindingOf<'drift'>> = {}): FindingOf<'drift'> {
  return {
    ...FACTS,
    kind: 'drift',
    id: DRIFT_ID,
    groupId: DRIFT_GROUP,
    label: 'Drift',
    title: 'node is on 3001, should be on 3000',
    subtitle: 'Drift · web.service · old process still holds 127.0.0.1:3000',
    sentence: 'node is off its port: expected 3000, now on 3001.',
    details: { home: HOME, current: [{ address: '127.0.0.1', port: 3001 }] },
    ...changes,
  };
}

export const LADDER_ID = '00000000000000a1';
export const LADDER_GROUP = '0000000000000a00';

/** node of web-01 has climbed from 3000 to 3003. */
export function ladder(changes: Partial<FindingOf<'ladder'>> = {}): FindingOf<'ladder'> {
  return {
    ...FACTS,
    kind: 'ladder',
    id: LADDER_ID,
    groupId: LADDER_GROUP,
    label: 'Ladder',
    title: 'node climbs from 3000 to 3003',
    subtitle: 'Ladder · web.service · 4 processes on 4 ports',
    sentence: 'node climbs: expected 3000, now on 3003.',
    details: {
      home: HOME,
      ports: [3000, 3001, 3002, 3003],
      pids: [4711, 4712, 4713, 4714],
      paceSeconds: 1_080,
      nextPort: 3004,
      nextAt: '2026-11-23T15:35:00.000Z',
    },
    ...changes,
  };
}

const ENVELOPE = {
  hostId: HOST_ID,
  bootId: BOOT_ID,
  agentStartedAt: STARTED_AT,
  sequence: 1,
  sentAt: TAKEN_AT,
  digest: 'digest-1',
};

export function full(changes: Partial<FullPush> = {}): FullPush {
  const whole = snapshot();
  return {
    ...ENVELOPE,
    kind: 'full',
    snapshot: whole,
    processes: [holder()],
    liveToken: 'a live token of an agent',
    ...changes,
  };
}

/** A full push of another machine. */
export function fullOf(id: string, name: string, changes: Partial<FullPush> = {}): FullPush {
  const whole = snapshot();
  return full({ hostId: id, snapshot: { ...whole, host: { ...whole.host, id, name } }, ...changes });
}

/** A full push of another machine with these findings. */
export function troubled(id: string, name: string, findings: FullPush['snapshot']['findings']): FullPush {
  const push = fullOf(id, name);
  return { ...push, snapshot: { ...push.snapshot, findings } };
}

/** A full push of a later agent start of the same machine. */
export function restarted(startedAt: string, changes: Partial<FullPush> = {}): FullPush {
  const whole = changes.snapshot ?? snapshot();
  return full({ ...changes, agentStartedAt: startedAt, snapshot: { ...whole, agent: { ...whole.agent, startedAt } } });
}

export function change(changes: Partial<ChangePush> = {}): ChangePush {
  return {
    ...ENVELOPE,
    kind: 'change',
    sequence: 2,
    baseDigest: 'digest-1',
    digest: 'digest-2',
    opened: [],
    changed: [],
    closed: [],
    processes: [],
    events: [],
    findings: null,
    ...changes,
  };
}

export function alive(changes: Partial<AlivePush> = {}): AlivePush {
  return { ...ENVELOPE, kind: 'alive', sequence: 2, ...changes };
}

export function leaving(changes: Partial<LeavingPush> = {}): LeavingPush {
  return { ...ENVELOPE, kind: 'leaving', sequence: 9, ...changes };
}
