import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** For the tests: what /proc says, read in the plainest way and apart from the agent's own readers. */
interface TcpRow {
  /** Hexadecimal, as the kernel writes it. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly isListening: boolean;
  readonly isEstablished: boolean;
  /** The peer has closed. */
  readonly isCloseWait: boolean;
  /** Of a listener: connections nobody has accepted yet. */
  readonly receiveQueue: number;
  /** "0" when no process has accepted the connection yet. */
  readonly inode: string;
}

export function tcpRows(): readonly TcpRow[] {
  const [, ...lines] = readFileSync('/proc/net/tcp', 'latin1').trim().split('\n');
  return lines.map((line) => {
    const [, local = '', , state, queues = '', , , , , inode = ''] = line.trim().split(/\s+/);
    const [localAddress = '', port = ''] = local.split(':');
    return {
      localAddress,
      localPort: Number.parseInt(port, 16),
      isListening: state === '0A',
      isEstablished: state === '01',
      isCloseWait: state === '08',
      receiveQueue: Number.parseInt(queues.slice(queues.indexOf(':') + 1), 16),
      inode,
    };
  });
}

export function listeningPorts(from: number, to: number): readonly number[] {
  const rows = tcpRows().filter((row) => row.isListening && row.localPort >= from && row.localPort <= to);
  return [...new Set(rows.map((row) => row.localPort))].sort((one, other) => one - other);
}

/** Of all listeners on this port. */
export function inodesOf(port: number): readonly string[] {
  return tcpRows().flatMap((row) => (row.isListening && row.localPort === port ? row.inode : []));
}

/** Connections that wait to be accepted there. */
export function queueOf(port: number): number {
  return tcpRows().reduce((sum, row) => (row.isListening && row.localPort === port ? sum + row.receiveQueue : sum), 0);
}

/** Connections the kernel turned away since boot, because an accept queue was full. */
export function listenOverflows(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/netstat', 'latin1').split('\n');
  return Number(values.split(' ')[names.split(' ').indexOf('ListenOverflows')]);
}

/** All processes that hold a listener of this port. */
export function holdersOf(port: number): readonly number[] {
  const links = inodesOf(port).map((inode) => `socket:[${inode}]`);
  return links.length === 0 ? [] : pids().filter((pid) => socketsOf(pid).some((socket) => links.includes(socket)));
}

/** All processes, workers too, that were started with this `PORT` in their environment. */
export function processesStartedFor(port: number): readonly number[] {
  return pids().filter((pid) => environmentOf(pid).includes(`PORT=${port}`));
}

/** All processes whose command line names this folder. */
export function processesIn(folder: string): readonly number[] {
  return pids().filter((pid) => unlessGone(false, () => commandLineOf(pid).includes(folder)));
}

export function isAlive(pid: number): boolean {
  return unlessGone(false, () => !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '));
}

/** R, S, T … */
export function stateOf(pid: number): string | undefined {
  return statOf(pid)[0];
}

export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The soft limit. */
export function mostDescriptors(pid: number): number {
  return Number(/^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))?.[1]);
}

/** As one line; a title written over it is padded with NULs. */
export function commandLineOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replace(/\0+$/, '').replaceAll('\0', ' ');
}

/** With " (deleted)" when the file is gone. */
export function executableOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/exe`);
}

export function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** The fields after the name in brackets. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function socketsOf(pid: number): readonly string[] {
  return unlessGone([], () =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => unlessGone('', () => readlinkSync(`/proc/${pid}/fd/${fd}`))),
  );
}

function environmentOf(pid: number): readonly string[] {
  return unlessGone([], () => readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0'));
}

/** Processes end while one looks at them, and those of other users may not be looked at. */
function unlessGone<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
