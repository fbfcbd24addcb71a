/** A day on a machine, told by who listens where from when to when: what the judgement sees of it, look by look. */
import type { Expectation, Finding, FleetHome, Holder, Kernel, Listener, Snapshot } from '../src/contract.ts';
import { Judgement, NOTHING_KEPT, type Kept } from '../src/findings/judgement.ts';
import type { TcpRow } from '../src/proc/net-tcp-rows.ts';
import { exposureOf } from '../src/proc/net-address.ts';
import { holder, listener, snapshot } from './snapshots.ts';

/** A process and the sockets it holds while it lives. Times are seconds of the day. */
export interface Actor {
  readonly pid: number;
  readonly from: number;
  /** Never, when left out. */
  readonly to?: number | undefined;
  /** `3000` is 127.0.0.1:3000. */
  readonly ports: readonly (number | readonly [address: string, port: number])[];
  /** When it opens its sockets; at its start when left out. */
  readonly opens?: number;
  /** Sockets it shares are called the same; each has its own when left out. */
  readonly socket?: string;
  readonly is?: Partial<Holder>;
  /** What its sockets show at a time, as a queue that does not empty. */
  readonly shows?: (second: number) => Partial<Listener>;
  readonly namespace?: string;
}

export interface Day {
  readonly actors: readonly Actor[];
  /** When the agent starts; before all when left out. */
  readonly agentFrom?: number;
  /** Until when it looks; the answer is what it found then. */
  readonly until: number;
  readonly expectations?: readonly Expectation[];
  readonly fleetHomes?: readonly FleetHome[];
  /** From before the agent started. */
  readonly kept?: Kept;
  readonly users?: readonly TcpRow[];
  /** What the machine's counters and limits are at a time. */
  readonly kernel?: (second: number) => Partial<Kernel>;
  /** From when to when it looks each second, too. */
  readonly closely?: readonly [from: number, to: number];
  /** Changes what each look shows, as another order of rows would. */
  readonly seen?: (snapshot: Snapshot) => Snapshot;
}

/** Midnight; the machine was booted 40 days before. */
const MIDNIGHT = Date.parse('2026-11-23T00:00:00.000Z');
const BOOTED = Date.parse('2026-10-14T00:00:00.000Z');

export const timeOf = (second: number) => new Date(MIDNIGHT + second * 1000).toISOString();

/** Findings at the end of the day. */
export function judged(day: Day): readonly Finding[] {
  return lived(day).findings;
}

/** With the judgement itself, to be asked what it learned. */
export function lived(day: Day): { readonly findings: readonly Finding[]; readonly judgement: Judgement } {
  const { expectations = [], fleetHomes = [], kept = NOTHING_KEPT, users = [], seen = (look: Snapshot) => look } = day;
  const judgement = new Judgement({
    expected: { services: expectations, homes: fleetHomes },
    kept,
    usersOf: () => users,
  });
  const opened = new Map<string, string | null>();
  let findings: readonly Finding[] = [];
  for (const [at, second] of looksOf(day).entries()) {
    findings = judgement.see(seen(lookAt(day, second, { opened, isFirst: at === 0 })));
  }
  return { findings, judgement };
}

/** Each second around a change and where it looks closely, each half minute where nothing happens. */
function looksOf({ actors, agentFrom, until, closely: [from, to] = [0, -1] }: Day): readonly number[] {
  const first = agentFrom ?? Math.min(...actors.map(({ from }) => from)) - 1;
  const changes = actors.flatMap(({ from, opens = from, to }) => [from, opens, ...(to === undefined ? [] : [to])]);
  const steady = Array.from({ length: Math.ceil((until - first) / 30) }, (_, at) => first + at * 30);
  const close = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const all = [first, ...changes.flatMap((second) => [second, second + 1]), ...steady, ...close, until];
  return [...new Set(all.filter((second) => second >= first && second <= until))].sort((a, b) => a - b);
}

interface Look {
  /** When each socket was first seen. */
  readonly opened: Map<string, string | null>;
  readonly isFirst: boolean;
}

function lookAt({ actors, kernel }: Day, second: number, { opened, isFirst }: Look): Snapshot {
  const present = actors.filter(({ from, opens = from, to = Infinity }) => opens <= second && second < to);
  const sockets = new Map<string, Listener>();
  for (const actor of present) {
    for (const place of actor.ports) {
      const [address, port] = typeof place === 'number' ? ['127.0.0.1', place] : place;
      const name = `${actor.socket ?? `${actor.pid} ${actor.from}`} ${address}:${port} ${actor.namespace ?? ''}`;
      if (!opened.has(name)) opened.set(name, isFirst ? null : timeOf(second));
      const before = sockets.get(name)?.holders ?? [];
      const socket = socketOf(name, address, port, [...before, holderOf(actor)], actor, opened.get(name) ?? null);
      sockets.set(name, { ...socket, ...actor.shows?.(second) });
    }
  }
  const look = snapshot([...sockets.values()]);
  return { ...look, kernel: { ...look.kernel, ...kernel?.(second) }, takenAt: timeOf(second), host: hostOf() };
}

const hostOf = () => ({ ...snapshot([]).host, bootedAt: new Date(BOOTED).toISOString() });

function socketOf(
  name: string,
  address: string,
  port: number,
  holders: readonly Holder[],
  { namespace }: Actor,
  openedAt: string | null,
): Listener {
  return listener({
    address,
    port,
    family: address.includes(':') ? 'ipv6' : 'ipv4',
    exposure: exposureOf(address),
    dualStack: address === '::' ? true : null,
    inode: inodeOf(name),
    networkNamespace: namespace ?? '4026531840',
    isHostNamespace: namespace === undefined,
    openedAt,
    holders: holders.toSorted((a, b) => Number(a.startTicks) - Number(b.startTicks)),
  });
}

/** Any number will do, as long as it is the same for the same socket. */
function inodeOf(name: string): string {
  return String(Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7));
}

function holderOf({ pid, from, is }: Actor): Holder {
  return holder({
    pid,
    startedAt: timeOf(from),
    startTicks: (MIDNIGHT - BOOTED) / 10 + from * 100,
    unit: null,
    ...is,
  });
}
