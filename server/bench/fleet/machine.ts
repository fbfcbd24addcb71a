/** One synthetic machine, derived from the seed whenever it is needed. */
import type { Holder, PushedListener } from '@portlight/agent/contract';
import { between, hex, mix, pick, share } from './numbers.ts';
import { holderOf, nodeProgram, type Program, type Seat } from './programs.ts';
import { firstStep, rungsAt, storyOf, type Rung, type Story } from './story.ts';

export interface FleetPlan {
  readonly seed: number;
  /** Least and most listeners of a machine. */
  readonly listeners: readonly [number, number];
  /** Share of machines that get into trouble again and again. */
  readonly incidents: number;
  /** Before anything of the fleet; milliseconds since 1970. */
  readonly begunAt: number;
}

export interface Machine {
  readonly plan: FleetPlan;
  readonly id: string;
  readonly name: string;
  readonly bits: number;
  readonly bootId: string;
  /** Milliseconds since 1970. */
  readonly bootedAt: number;
  readonly namespace: string;
  readonly story: Story;
  readonly restless: Program;
}

const DAY_MS = 86_400_000;
export const TICK_MS = 10;
/** The latest beginning of a story before the fleet's own. */
const STORY_AGE_S = 21_600;
const STEP_MS = 1_000;

/** Stable for a seed; cheap, as each sign of life needs it. */
export function hostIdOf(seed: number, index: number): string {
  const bits = mix(seed, index);
  const [a, b, c] = [hex(bits), hex(mix(bits, 1)), hex(mix(bits, 2))];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(5)}-${hex(index)}${c.slice(0, 4)}`;
}

export function bootIdOf(seed: number, index: number): string {
  const bits = mix(seed, index);
  const [a, b] = [hex(mix(bits, 3)), hex(mix(bits, 4))];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-b${a.slice(5)}-${b}${a.slice(0, 4)}`;
}

function storyAt({ seed, incidents }: FleetPlan, index: number): Story {
  return storyOf(share(mix(seed, index), 10), incidents);
}

export function firstStepAt(plan: FleetPlan, index: number): number {
  return firstStep(storyAt(plan, index), mix(mix(plan.seed, index), 11));
}

const ZONES = ['a', 'b', 'c'] as const;

export function machineAt(plan: FleetPlan, index: number): Machine {
  const bits = mix(plan.seed, index);
  return {
    plan,
    id: hostIdOf(plan.seed, index),
    name: `${pick(['web', 'app', 'db', 'node'], mix(bits, 5))}-${ZONES[bits % 3] ?? 'a'}-${String(index).padStart(6, '0')}`,
    bits,
    bootId: bootIdOf(plan.seed, index),
    bootedAt: plan.begunAt - between(2, 200, mix(bits, 6)) * DAY_MS - (mix(bits, 7) % DAY_MS),
    namespace: '4026531840',
    story: storyAt(plan, index),
    restless: nodeProgram('web', 3_000),
  };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** A listener with those that hold it. */
export interface Row {
  readonly listener: Omit<PushedListener, 'holders'>;
  readonly holders: readonly Holder[];
}

export function listenersOf({ plan, bits }: Machine): number {
  return between(plan.listeners[0], plan.listeners[1], mix(bits, 9));
}

/** 64 hex digits. */
export function containerId({ bits }: Machine, number: number): string {
  return `${hex(mix(bits, 40 + number))}c7a1b9e2d3f40586c7a1b9e2d3f40586c7a1b9e2d3f40586c7a1b9e2`;
}

export function spaceOf(machine: Machine, networkNamespace: string) {
  return { networkNamespace, isHostNamespace: networkNamespace === machine.namespace };
}

function startOf({ bootedAt }: Machine, startTicks: number) {
  return { startTicks, startedAt: instant(bootedAt + startTicks * TICK_MS) };
}

/** The listeners of the restless program after so many changes, oldest first. */
export function restlessRows(machine: Machine, step: number): readonly Row[] {
  return rungsAt(machine.story, step).map((rung) => rungRow(machine, rung));
}

function rungRow(machine: Machine, rung: Rung): Row {
  const { generation, port, isStuck } = rung;
  const seat: Seat = { protocol: 'tcp', address: '127.0.0.1', port };
  const begunAt = rungBegunAt(machine, generation);
  const listener = {
    ...facts(seat, machine.restless),
    ...spaceOf(machine, machine.namespace),
    inode: String(1_000_000 + generation),
    openedAt: generation === 0 ? null : instant(begunAt),
    acceptQueue: isStuck ? 12 : 0,
    acceptQueueStuckSince: isStuck ? instant(begunAt + STEP_MS) : null,
    connections: isStuck ? CONNECTIONS_STUCK : CONNECTIONS,
  };
  const name = {
    ...startOf(machine, ticksAt(machine, begunAt)),
    pid: rungPid(generation),
    parentPid: 1,
    container: null,
  };
  return { listener, holders: [holderOf(machine.restless, name)] };
}

export function rungPid(generation: number): number {
  return 20_000 + (generation % 4_000_000);
}

/** When that process of the restless program began: some time in the hours before the fleet, then a second a change. */
export function rungBegunAt({ plan, bits }: Machine, generation: number): number {
  return plan.begunAt - between(60, STORY_AGE_S, mix(bits, 12)) * 1_000 + generation * STEP_MS;
}

export function ticksAt({ bootedAt }: Machine, ms: number): number {
  return Math.floor((ms - bootedAt) / TICK_MS);
}

const CONNECTIONS = { established: 3, unaccepted: 0, synReceived: 0, closeWait: 0, finWait: 0, timeWait: 1 };
const CONNECTIONS_STUCK = { ...CONNECTIONS, unaccepted: 12 };

export function facts({ protocol, address, port }: Seat, { uid, user }: Program) {
  const isTcp = protocol === 'tcp';
  const isIpv6 = address.includes(':');
  return {
    protocol,
    family: isIpv6 ? ('ipv6' as const) : ('ipv4' as const),
    address,
    port,
    exposure: address === '0.0.0.0' || address === '::' ? ('any' as const) : ('loopback' as const),
    uid,
    user,
    dualStack: address === '::' ? false : null,
    openedAt: null,
    acceptQueue: isTcp ? 0 : null,
    acceptQueueLimit: isTcp ? 4_096 : null,
    acceptQueueStuckSince: null,
    connections: isTcp ? CONNECTIONS : null,
    holdersOmitted: 0,
    holdersUnknown: null,
    service: null,
  };
}
