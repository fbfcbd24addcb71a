import { createHash } from 'node:crypto';
import {
  type Expectation,
  type FindingCause,
  type FindingFacts,
  type FindingKind,
  type FindingOf,
  type FleetHome,
  type Holder,
  type Listener,
  type Place,
  type ProcessRef,
  type Snapshot,
} from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { type HomeFacts } from './homes.ts';
import { type HomeRecord } from './learned-homes.ts';
import { type LeftBehind } from './left-behind.ts';
import { type Program } from './programs.ts';
import { type History } from './stays.ts';
import { type Seat } from './steps.ts';
import { type Trends } from './trends.ts';
import { instant } from './words.ts';

/** What rules about one program look at. */
export interface Around {
  readonly snapshot: Snapshot;
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly now: number;
  readonly program: Program;
  readonly facts: HomeFacts;
  /** Sockets that use a port of the program's network namespace without listening on it. */
  readonly usersOf: (port: number) => readonly TcpRow[];
}

/** What rules about sockets, services and the machine look at. */
export interface Scene {
  readonly snapshot: Snapshot;
  /** When the snapshot was taken, in milliseconds since 1970. */
  readonly now: number;
  readonly history: History;
  readonly expectations: readonly Expectation[];
  /** Every place a program is known to have held on this machine. */
  readonly records: readonly HomeRecord[];
  /** How fast what the machine has to give is used up. */
  readonly trends: Trends;
  readonly fleetHomes: readonly FleetHome[];
  readonly programs: readonly Around[];
  /** Ids of what was found until now. */
  readonly open: ReadonlySet<string>;
  /** Sockets that use a port of the host's network namespace without listening on it. */
  readonly usersOf: (port: number) => readonly TcpRow[];
}

/** What a finding is about: a program in one network namespace, a service, or the machine. */
export type Subject = Pick<Program, 'programKey' | 'networkNamespace' | 'isHostNamespace'>;

/** Whose name and unit a finding has. */
export type Speaker = Pick<Holder, 'program' | 'unit' | 'scope'>;

/** Findings of these kinds. */
export type FindingsOf<K extends FindingKind> = readonly { readonly [One in K]: FindingOf<One> }[K][];

/** What a rule says; the rest is the same for all kinds. */
export interface Told<K extends FindingKind>
  extends
    Pick<FindingOf<K>, 'kind' | 'label' | 'severity' | 'details' | 'title' | 'subtitle' | 'sentence' | 'why'>,
    Pick<FindingFacts, 'causes' | 'evidence' | 'steps' | 'service'> {
  /** The home, or the port that is held; null where it is not about a port. */
  readonly place: Place | null;
  /** What tells it from others of its kind where that is not the place. */
  readonly resource?: string;
  /** Of whom it speaks; their program and unit are the finding's. */
  readonly speaks: Speaker;
  readonly holders: readonly Holder[];
  readonly since: number;
}

export function findingOf<K extends FindingKind>(
  told: Told<K>,
  { snapshot, program }: { readonly snapshot: Snapshot; readonly program: Subject },
): FindingOf<K> {
  const { place, resource, speaks, since, holders, ...rest } = told;
  const where = program.isHostNamespace ? 'host' : 'namespace';
  const what = resource ?? (place === null ? '' : `${place.address}:${place.port}`);
  const trouble = [where, program.programKey, 'tcp', what];
  return {
    ...rest,
    id: shortHash([troubleOf(told.kind), snapshot.host.id, ...trouble]),
    groupId: shortHash([troubleOf(told.kind), ...trouble]),
    program: speaks.program,
    programKey: program.programKey,
    unit: unitOf(speaks),
    protocol: 'tcp',
    address: place?.address ?? null,
    port: place?.port ?? null,
    networkNamespace: program.networkNamespace,
    since: instant(since),
    detectedAt: snapshot.takenAt,
    holders: refsOf(holders),
  };
}

/** A drift that becomes a ladder, or a ladder that no longer climbs, is the same trouble from opening to closing. */
function troubleOf(kind: FindingKind): string {
  return kind === 'ladder' ? 'drift' : kind;
}

/** First 16 hex digits of SHA-256. */
function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function refsOf(holders: readonly Holder[]): readonly ProcessRef[] {
  const refs = holders.map(({ pid, startTicks }): [string, ProcessRef] => [
    `${pid}/${startTicks}`,
    { pid, startTicks },
  ]);
  return [...new Map(refs).values()];
}

/** The unit people would name: not the scope of a login. */
function unitOf({ unit, scope }: Speaker): string | null {
  return scope === 'session' || unit?.startsWith('run-') === true ? null : unit;
}

/** `Drift · web.service · old process still holds 127.0.0.1:3000`. */
export function subtitleOf(label: string, holder: Speaker, words: string): string {
  return [label, unitOf(holder), words].filter((part) => part !== null).join(' · ');
}

export function staleCauses(left: readonly LeftBehind[]): readonly FindingCause[] {
  return left.map(({ holder, listener, since, cause }) => ({
    kind: 'stale-holder',
    cause,
    port: listener.port,
    pid: holder.pid,
    since: instant(since),
  }));
}

export function seatOf({ isHostNamespace }: Pick<Program, 'isHostNamespace'>, { pid }: Holder): Seat {
  return { namespacePid: isHostNamespace ? null : pid };
}

/** Every process that listens, each once a socket. */
export function allHolders(listeners: readonly Listener[]): readonly Holder[] {
  return listeners.flatMap(({ holders }) => holders);
}
