import { type Holder, type Listener } from '../contract.ts';
import { readBootId } from '../proc/boot-id.ts';
import { readOsRelease } from '../proc/os-release.ts';
import { readKernelVersion } from '../proc/kernel-version.ts';
import { readPasswd } from '../proc/passwd.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { readBootTime } from '../proc/stat.ts';
import { ConnectionWatch, type Traffic } from './connection-watch.ts';
import { coverageOf } from './coverage.ts';
import { createHolderReader, type HolderReader, type Moment } from './holders.ts';
import { readKernel } from './kernel.ts';
import { byPlace, composeListener, ipv4Wildcards, type Attribution } from './listeners.ts';
import { lookAround, type Look } from './look.ts';
import { openedAt, overlooked, type Memory, type Remembered } from './memory.ts';
import { type ScannedHost, type Scanner } from './scanner.ts';
import { socketKey, type Socket } from './sockets.ts';
import { TableKeeper } from './table-keeper.ts';
import { whyUnknown } from './unattributed.ts';

export interface FullScannerOptions {
  /** The proc file system. */
  readonly root: ProcRoot;
  /** The folder that holds `passwd` and `os-release`. */
  readonly etc: ProcRoot;
  /** Whether command lines are shown; programs are named after them all the same. */
  readonly commandLines: boolean;
  /** CPU time of this process in milliseconds, by which counting connections keeps its share; read from the system if not given. */
  readonly cpuMs?: () => number;
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Reads everything but connections in every scan: simple and right at any cost. What faster scanners are compared with. */
export function createFullScanner({ root, etc, commandLines, cpuMs = ownCpuMs }: FullScannerOptions): Scanner {
  const holders = createHolderReader({ root, commandLines });
  const tables = new TableKeeper(root);
  const connections = new ConnectionWatch(tables.rereading, cpuMs);
  let memory: Memory = null;
  return {
    scan(at) {
      const moment = { at, bootTime: readBootTime(root), users: readPasswd(etc) };
      const look = lookAround(tables.reading, rememberedInodes(memory), unattributedKeys(memory));
      const found = attribute(look, memory, { holders, moment });
      memory = new Map(found.map((one) => [socketKey(one.socket), one]));
      holders.keep(look.walk.processes);
      connections.look(
        at,
        found.map(({ socket }) => socket),
        look.namespaces.all,
      );
      tables.forget();
      const kernel = readKernel(root, look.namespaces, connections.portsInUse);
      const listeners = composeAll(withTraffic(found, connections), moment, {
        namespace: look.namespaces.own,
        value: kernel.somaxconn,
      });
      return {
        takenAt: at.toISOString(),
        listeners,
        coverage: coverageOf({ ...look, unreadable: look.walk.unreadable, listeners }),
        kernel,
        host: readHost(root, etc, moment.bootTime),
      };
    },
  };
}

type Found = Remembered & Omit<Attribution, keyof Traffic>;

function withTraffic(found: readonly Found[], connections: ConnectionWatch): (Found & Traffic)[] {
  return found.map((one) => ({ ...one, ...connections.of(one.socket) }));
}

function rememberedInodes(memory: Memory): string[] {
  return [...(memory?.values() ?? [])].map(({ socket }) => socket.row.inode);
}

function unattributedKeys(memory: Memory): ReadonlySet<string> {
  const settled = [...(memory ?? [])].filter(
    ([, { holdersUnknown }]) => holdersUnknown !== null && holdersUnknown !== 'vanished',
  );
  return new Set(settled.map(([key]) => key));
}

interface Attributor {
  readonly holders: HolderReader;
  readonly moment: Moment;
}

/** The sockets of the look and those it overlooked, each with its holders or why there are none. */
function attribute(look: Look, memory: Memory, { holders, moment }: Attributor): Found[] {
  const missing = overlooked(memory, look.sockets, look.walk);
  const sockets: readonly (readonly [Socket, boolean])[] = [
    ...[...look.sockets.byKey]
      .filter(([key]) => !closedMeanwhile(key, look, memory))
      .map(([, socket]) => [socket, false] as const),
    ...missing.map(({ socket }) => [socket, true] as const),
  ];
  const read = onceEach((pid: string) => readHolder(look, holders, moment, pid));
  return sockets.map(([socket, wasMissing]) => {
    const key = socketKey(socket);
    const held = (look.walk.holders.get(socket.row.inode) ?? []).flatMap(read);
    return {
      socket,
      wasMissing,
      openedAt: openedAt(memory, key, moment.at),
      holders: held,
      holdersUnknown: held.length > 0 ? null : reasonFor(key, look),
    };
  });
}

/** One that was known and closed between the reading of its row and the walk is gone; one never seen has `vanished`. */
function closedMeanwhile(key: string, { vanished }: Look, memory: Memory): boolean {
  return vanished.has(key) && (memory?.has(key) ?? false);
}

/** A process that holds many sockets is read once a look. */
function onceEach<T>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = read(key);
    known.set(key, value);
    return value;
  };
}

function readHolder({ walk }: Look, holders: HolderReader, moment: Moment, pid: string): Holder[] {
  const walked = walk.processes.get(pid);
  return walked === undefined ? [] : [holders.read(pid, walked, moment)];
}

function reasonFor(key: string, { vanished, walk, hidepid, seesAllProcesses }: Look): Listener['holdersUnknown'] {
  return whyUnknown({
    isRowGone: vanished.has(key),
    isSomethingDenied: walk.unreadable > 0 || hidepid,
    seesAllProcesses,
  });
}

function composeAll(
  found: readonly (Found & Traffic)[],
  { users }: Moment,
  somaxconn: { readonly namespace: string; readonly value: number | null },
): Listener[] {
  const around = { ipv4Wildcards: ipv4Wildcards(found.map(({ socket }) => socket)), users, somaxconn };
  return found.map((one) => composeListener(one.socket, one, around)).sort(byPlace);
}

function readHost(root: ProcRoot, etc: ProcRoot, bootTime: number | null): ScannedHost {
  return {
    os: readOsRelease(etc),
    kernelVersion: readKernelVersion(root),
    bootId: readBootId(root),
    bootedAt: bootTime === null ? null : new Date(bootTime * 1000).toISOString(),
  };
}
