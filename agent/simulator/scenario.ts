import { setTimeout } from 'node:timers/promises';
import type { FindingCause, FindingKind } from '../src/contract.ts';
import { type Connections } from './connections.ts';
import type { Moment } from './journal.ts';
import { type ServerPlan, type Servers } from './servers.ts';
import type { Workshop } from './workshop.ts';

/** What a scenario works with. */
export interface Stage {
  readonly servers: Servers;
  readonly connections: Connections;
  readonly workshop: Workshop;
  /** Waits; rejects once the run is ending. */
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface Script {
  readonly basePort: number;
  /** Milliseconds between two steps. */
  readonly everyMs: number;
}

/** A finding Portlight owes. */
export interface Expectation {
  readonly kind: FindingKind;
  /** The moment whose port is where its program belongs; without it that is the base port. */
  readonly home?: Pick<Moment, 'event' | 'server'>;
  /** From when on it is due. */
  readonly from: Pick<Moment, 'event' | 'server'>;
  /** All processes it speaks of. */
  readonly servers: readonly string[];
  /** What explains it; the server named is the one left behind, null: whichever. */
  readonly causes: readonly (Required<Pick<FindingCause, 'cause'>> & { readonly server: string | null })[];
  /** Causes it may name besides; any other one is wrong, however short it was said. */
  readonly mayName?: readonly string[];
}

export interface Scenario {
  /** One line of the help. */
  readonly does: string;
  /** Milliseconds it lasts unless told otherwise. */
  readonly lastsMs: number;
  readonly everyMs: number;
  /** What one step is, for the help. */
  readonly step: string;
  /** How far above the base port it reaches: it needs these ports free. */
  readonly reach: readonly number[];
  /** All that Portlight may say of it, at the scenario's own pace; nothing for a machine without trouble. */
  readonly expects: readonly Expectation[];
  /** Sets everything up and plays until done; what it started stays until the run ends. */
  readonly play: (stage: Stage, script: Script) => Promise<void>;
  /** Ends the trouble: every finding has to close. Only `all` does it. */
  readonly repair?: (stage: Stage) => void;
}

export function stage(actors: Omit<Stage, 'pause'>, ending: AbortSignal): Stage {
  return { ...actors, pause: (ms) => setTimeout(ms, undefined, { signal: ending }) };
}

/** Release `version` of a web server that neither ends at SIGTERM nor minds which port it gets. */
export function carelessWeb(version: number, port: number): ServerPlan {
  return web(version, port, '--next-port-when-taken', '--ignore-sigterm');
}

/** Release `version` of a web server with these habits; see programs/habits.ts. */
export function web(version: number, port: number, ...args: readonly string[]): ServerPlan {
  return { name: `web ${version}`, script: 'web.ts', port, args };
}

/** One drift: `newer` serves elsewhere because `older` was left behind on its port. */
export function driftBecauseOf(cause: string, older: string, newer: string): readonly Expectation[] {
  const from = { event: 'listening', server: newer } as const;
  return [{ kind: 'drift', from, servers: [older, newer], causes: [{ cause, server: older }] }];
}

export function span(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

/**
 * Milliseconds from the first start to the replacement. Below ten seconds two instances on adjoining ports cannot be told
 * from a batch that was started together.
 */
export const REPLACED_AFTER_MS = 12_000;
export const REPLACED_AFTER = 'time from the start of web 1 to its replacement';
/** The third rung comes more than ten seconds after the first, see there. */
export const RUNG_MS = 6_000;
