/** Snapshots for tests, in the contract's own words. */
import type { Holder, Listener, Snapshot } from '../src/contract.ts';
import { digestOf } from '../src/scan/digest.ts';
import type { Sight } from '../src/scan/machine.ts';

export const holder = (changes: Partial<Holder> = {}): Holder => ({
  pid: 18231,
  startedAt: '2026-11-17T02:11:00.000Z',
  startTicks: 4711,
  program: 'node',
  executable: '/usr/bin/node',
  executableDeleted: false,
  commandLine: ['node', '/srv/web/server.js'],
  parentPid: 1,
  ancestors: [],
  uid: 1000,
  user: 'web',
  unit: 'web.service',
  container: null,
  scope: 'system',
  state: 'S',
  fileDescriptors: { open: 20, limit: 1024 },
  programKey: 'node /srv/web/server.js',
  toldPorts: [],
  ...changes,
});

export const listener = (changes: Partial<Listener> = {}): Listener => ({
  protocol: 'tcp',
  family: 'ipv4',
  address: '127.0.0.1',
  port: 3000,
  exposure: 'loopback',
  inode: '5000',
  networkNamespace: '4026531840',
  isHostNamespace: true,
  uid: 1000,
  user: 'web',
  dualStack: null,
  openedAt: null,
  acceptQueue: 0,
  acceptQueueLimit: 4096,
  acceptQueueStuckSince: null,
  connections: null,
  holders: [holder()],
  holdersOmitted: 0,
  holdersUnknown: null,
  service: null,
  ...changes,
});

export const snapshot = (listeners: readonly Listener[], changes: Partial<Snapshot> = {}): Snapshot => ({
  schema: 1,
  host: {
    id: '2f1c9a52-6c1f-4a57-9f0b-0d4c6c1f7a11',
    name: 'web-eu-117',
    os: 'Ubuntu 20.04.6 LTS',
    kernelVersion: '5.4.0-216-generic',
    architecture: 'x64',
    bootId: '0b3c5f4e-58a0-4f3e-8a6e-6a4b1d2c3e4f',
    bootedAt: '2026-10-13T00:00:00.000Z',
    addresses: ['10.20.4.117'],
    labels: {},
  },
  agent: {
    version: '0.1.0',
    startedAt: '2026-11-23T02:00:00.000Z',
    endpoint: 'http://127.0.0.1:9620',
    scanEveryMs: 1000,
    cost: { cpuSeconds: 1, residentBytes: 1, scans: 1 },
  },
  takenAt: '2026-11-23T03:14:07.000Z',
  listeners,
  findings: [],
  coverage: { processes: 1, unreadable: 0, namespaces: 1, unattributed: 0, skippedRows: 0, hidepid: false, notes: [] },
  kernel: {
    ephemeralPorts: [32768, 60999],
    reservedPorts: [],
    somaxconn: 4096,
    listenOverflows: 0,
    listenDrops: 0,
    tcpInUse: 1,
    timeWait: 0,
    ephemeralInUse: null,
    fileHandles: { used: 1, max: 100 },
    processes: { used: 1, max: 100 },
  },
  ...changes,
});

export const sight = (listeners: readonly Listener[], changes: Partial<Snapshot> = {}): Sight => {
  const seen = snapshot(listeners, changes);
  return { snapshot: seen, digest: digestOf(seen) };
};
