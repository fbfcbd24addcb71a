import type {
  AlivePush,
  ChangePush,
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
