import { createHash } from 'node:crypto';
import {
  type DetailsByKind,
  type FindingCause,
  type FindingFacts,
  type FindingOf,
  type Holder,
  type Listener,
  type Place,
  type ProcessRef,
  type Snapshot,
} from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { type HomeFacts } from './homes.ts';
import { type LeftBehind } from './left-behind.ts';
import { type Program } from './programs.ts';
import { type Seat } from './steps.ts';
import { instant } from './words.ts';

/** The kinds judged by now. */
export type JudgedKind = keyof DetailsByKind;
export type JudgedFinding = { readonly [K in JudgedKind]: FindingOf<K> }[JudgedKind];

/** What the making of a finding needs to know around it. */
export interface Around {
  readonly snapshot: Snapshot;
  readonly program: Program;
  readonly facts: HomeFacts;
  /** Sockets that use a port of the program's network namespace without listening on it. */
  readonly usersOf: (port: number) => readonly TcpRow[];
}

/** What a rule says; the rest is the same for all kinds. */
export interface Told<K extends JudgedKind>
  extends
    Pick<FindingOf<K>, 'kind' | 'label' | 'severity' | 'details' | 'title' | 'subtitle' | 'sentence' | 'why'>,
    Pick<FindingFacts, 'causes' | 'evidence' | 'steps' | 'service'> {
  /** The home, or the port that is held. */
  readonly place: Place;
  /** Of whom it speaks; their program and unit are the finding's. */
  readonly speaks: Holder;
  readonly holders: readonly Holder[];
  readonly since: number;
}

export function findingOf<K extends JudgedKind>(told: Told<K>, { snapshot, program }: Around): FindingOf<K> {
  const { place, speaks, since, holders, ...rest } = told;
  const where = program.isHostNamespace ? 'host' : 'namespace';
  const trouble = [where, program.programKey, 'tcp', `${place.address}:${place.port}`];
  return {
    ...rest,
    id: shortHash([told.kind, snapshot.host.id, ...trouble]),
    groupId: shortHash([told.kind, ...trouble]),
    program: speaks.program,
    programKey: program.programKey,
    unit: unitOf(speaks),
    protocol: 'tcp',
    address: place.address,
    port: place.port,
    networkNamespace: program.networkNamespace,
    since: instant(since),
    detectedAt: snapshot.takenAt,
    holders: refsOf(holders),
  };
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
function unitOf({ unit, scope }: Holder): string | null {
  return scope === 'session' || unit?.startsWith('run-') === true ? null : unit;
}

/** `Drift · web.service · old process still holds 127.0.0.1:3000`. */
export function subtitleOf(label: string, holder: Holder, words: string): string {
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
