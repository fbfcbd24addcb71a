import {
  EVENT_KINDS,
  EXPOSURES,
  FAMILIES,
  HOLDERS_UNKNOWN,
  LABEL_NAME,
  PROTOCOLS,
  SCHEMA,
  SCOPES,
  type AgentCost,
  type AgentInfo,
  type Connections,
  type Container,
  type Coverage,
  type FileDescriptors,
  type Holder,
  type Host,
  type Kernel,
  type Listener,
  type Snapshot,
  type Usage,
} from '@portlight/agent/contract';
import {
  count,
  decimal,
  dictionary,
  exactly,
  flag,
  instant,
  integer,
  listOf,
  matching,
  oneOf,
  optional,
  orNull,
  record,
  refuse,
  text,
  type Rule,
} from './rule.ts';
import { findings } from './finding-rules.ts';
import { address, name, number, pid, port } from './common-rules.ts';

/** Rows a 16 MiB body could never hold more of; the limit guards memory, not meaning. */
export const MAX_ROWS = 65_536;

/** Random, made by the agent; it stands in paths and logs. */
export const hostId: Rule = matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/,
  'an id of 8 to 64 letters, digits, ".", "_" or "-"',
);
export const bootId: Rule = orNull(text(64, 1));
const uid: Rule = integer(0, 0xffffffff);
const exposure: Rule = oneOf(EXPOSURES);

const fileDescriptors = record<FileDescriptors>({ open: count, limit: orNull(count) });
const container = record<Container>({ id: name, runtime: text(64), pod: orNull(text(256)) });

export const holder = record<Holder>({
  pid,
  startedAt: orNull(instant),
  startTicks: orNull(count),
  program: name,
  executable: orNull(text(16_384)),
  executableDeleted: flag,
  commandLine: listOf(text(16_384), 4_096),
  parentPid: orNull(pid),
  ancestors: optional(listOf(pid, 16)),
  uid: orNull(uid),
  user: orNull(text(256)),
  unit: orNull(name),
  container: orNull(container),
  scope: oneOf(SCOPES),
  state: orNull(text(16)),
  fileDescriptors: orNull(fileDescriptors),
  programKey: name,
  toldPorts: listOf(port, 1_024),
});

export const connections = orNull(
  record<Connections>({
    established: count,
    unaccepted: count,
    synReceived: count,
    closeWait: count,
    finWait: count,
    timeWait: count,
    givenUp: optional(count),
  }),
);

/** Names of a socket, as rows, events and closings have them. */
export const socketRules = {
  protocol: oneOf(PROTOCOLS),
  address,
  port,
  networkNamespace: number,
  inode: number,
} as const;

/** A listener whose holders are written out (`/ports`) or indices (pushes). */
function listener(holders: Rule): Rule {
  return record<Listener>({
    ...socketRules,
    family: oneOf(FAMILIES),
    exposure,
    isHostNamespace: flag,
    uid,
    user: orNull(text(256)),
    dualStack: orNull(flag),
    openedAt: orNull(instant),
    acceptQueue: orNull(count),
    acceptQueueLimit: orNull(count),
    acceptQueueStuckSince: orNull(instant),
    connections,
    holders: listOf(holders, 64),
    holdersOmitted: count,
    holdersUnknown: orNull(oneOf(HOLDERS_UNKNOWN)),
    service: orNull(name),
  });
}

export const holderIndex: Rule = integer(0, MAX_ROWS);
export const pushedListener: Rule = listener(holderIndex);

const host = record<Host>({
  id: hostId,
  name: text(256, 1),
  os: orNull(text(256)),
  kernelVersion: orNull(text(256)),
  architecture: text(64),
  bootId,
  bootedAt: orNull(instant),
  addresses: listOf(address, 4_096),
  labels: dictionary(LABEL_NAME, text(256), 32),
});

const cost = record<AgentCost>({ cpuSeconds: decimal(0, 1e12), residentBytes: count, scans: count });

const agent = record<AgentInfo>({
  version: text(64),
  startedAt: instant,
  endpoint: orNull(text(2_048)),
  scanEveryMs: integer(1, 86_400_000),
  cost,
});

const coverage = record<Coverage>({
  processes: count,
  unreadable: count,
  namespaces: count,
  unattributed: count,
  skippedRows: count,
  hidepid: flag,
  notes: listOf(text(4_096), 256),
});

const usage = orNull(record<Usage>({ used: count, max: count }));

const ports = listOf(port, 2);
const portRange: Rule = (value) => ports(value) ?? (isPair(value) ? null : refuse('first and last port', value));

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2;
}

/** All of the kernel but what is set by hand. */
export const kernelNumbers = {
  ephemeralPorts: orNull(portRange),
  somaxconn: orNull(count),
  listenOverflows: orNull(count),
  listenDrops: orNull(count),
  tcpInUse: orNull(count),
  timeWait: orNull(count),
  ephemeralInUse: orNull(count),
  fileHandles: usage,
  processes: usage,
} as const;

const kernel = record<Kernel>({ ...kernelNumbers, reservedPorts: listOf(text(32), 32_768) });

function snapshot(row: Rule): Rule {
  return record<Snapshot>({
    schema: exactly(SCHEMA),
    host,
    agent,
    takenAt: instant,
    listeners: listOf(row, MAX_ROWS),
    findings,
    coverage,
    kernel,
  });
}

export const pushedSnapshot: Rule = snapshot(pushedListener);
/** What an agent's `/ports` answers. */
export const liveSnapshot: Rule = snapshot(listener(holder));
export const eventKind: Rule = oneOf(EVENT_KINDS);
