import type { Exposure, Holder, Listener, Protocol } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';
import { acceptQueueOf, type AcceptQueue } from './accept-queue.ts';
import { ageOf, type Age } from './listener-age.ts';

/** One socket as a row of the open ports table; all texts are fit to be shown. */
export interface PortRow {
  readonly key: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly address: string;
  readonly exposure: Exposure;
  /** Null in the host's own network namespace. */
  readonly namespace: string | null;
  /** Null: no holder is known, and `unknown` says why. */
  readonly program: string | null;
  readonly args: string;
  readonly pids: readonly number[];
  /** Holders beyond the ones in `pids`. */
  readonly pidsOmitted: number;
  readonly unknown: UnknownHolder | null;
  readonly user: string;
  readonly owner: string;
  readonly age: Age;
  /** Null for UDP. */
  readonly queue: AcceptQueue | null;
  /** Null: not counted. */
  readonly connections: readonly ConnectionCount[] | null;
}

interface ConnectionCount {
  readonly count: number;
  readonly state: string;
}

interface UnknownHolder {
  readonly short: string;
  readonly why: string;
}

const UNKNOWN: Readonly<Record<NonNullable<Listener['holdersUnknown']>, UnknownHolder>> = {
  denied: {
    short: 'not visible to the agent',
    why: 'The agent may not look into every process. It needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or root.',
  },
  vanished: {
    short: 'gone before it was found',
    why: 'The socket or its process ended while the agent looked for it.',
  },
  kernel: {
    short: 'held by the kernel',
    why: 'Every process was looked into and none holds it, as with NFS or VXLAN.',
  },
  'other-pid-namespace': {
    short: 'in another pid namespace',
    why: 'Its process lives where this /proc does not show it. Run the agent with the host’s pid namespace.',
  },
};

export function isExposed(listener: Pick<Listener, 'exposure' | 'isHostNamespace'>): boolean {
  return listener.isHostNamespace && (listener.exposure === 'any' || listener.exposure === 'public');
}

/** `now` is by the machine's clock, as the listeners' times are; `overflowing` the inode of the one whose queue does, if known. */
export function portRow(listener: Listener, now: number, overflowing: string | null = null): PortRow {
  const [oldest] = listener.holders;
  return {
    key: `${listener.networkNamespace}/${listener.inode}/${listener.protocol}`,
    port: listener.port,
    protocol: listener.protocol,
    address: visibleText(listener.address),
    exposure: listener.exposure,
    namespace: listener.isHostNamespace ? null : listener.networkNamespace,
    program: oldest === undefined ? null : programsOf(listener.holders),
    args: oldest === undefined ? '' : argsOf(oldest),
    pids: listener.holders.map((holder) => holder.pid),
    pidsOmitted: listener.holdersOmitted,
    unknown: listener.holdersUnknown === null ? null : UNKNOWN[listener.holdersUnknown],
    user: userOf(listener, oldest),
    owner: oldest === undefined ? '' : ownerOf(oldest),
    age: ageOf(listener, now),
    queue: acceptQueueOf(listener, overflowing),
    connections: connectionsOf(listener),
  };
}

/** Each name once, oldest holder first. */
function programsOf(holders: readonly Holder[]): string {
  return [...new Set(holders.map((holder) => visibleText(holder.program)))].join(', ');
}

/** What follows the program's name; a title the process gave itself (`nginx: master process`) loses the name it repeats. */
function argsOf({ program, commandLine }: Holder): string {
  const [command = '', ...args] = commandLine;
  if (args.length > 0) return visibleText(args.join(' '));
  if (command.startsWith(`${program}: `)) return visibleText(command.slice(program.length + 2));
  return command === program || command.endsWith(`/${program}`) ? '' : visibleText(command);
}

function userOf(listener: Listener, holder: Holder | undefined): string {
  const [user, uid] = holder === undefined ? [listener.user, listener.uid] : [holder.user, holder.uid];
  if (user !== null) return visibleText(user);
  return uid === null ? 'unknown' : `uid ${uid}`;
}

function ownerOf({ container, unit, scope }: Holder): string {
  if (container !== null) return visibleText(`${container.runtime} ${container.id.slice(0, 12)}`);
  if (unit !== null) return visibleText(unit);
  return scope === 'session' ? 'login session' : 'no unit';
}

function connectionsOf({ connections }: Listener): readonly ConnectionCount[] | null {
  if (connections === null) return null;
  const counts = [
    { count: connections.established, state: 'est' },
    { count: connections.unaccepted, state: 'waiting' },
    { count: connections.synReceived, state: 'syn' },
    { count: connections.closeWait, state: 'close-wait' },
    { count: connections.finWait, state: 'fin-wait' },
    { count: connections.timeWait, state: 'time-wait' },
  ];
  return counts.filter(({ count }) => count > 0);
}
