import { setTimeout } from 'node:timers/promises';
import type { FindingCause, FindingKind, Severity } from '../src/contract.ts';
import { type Connections } from './connections.ts';
import type { Moment, Note } from './journal.ts';
import { type ServerPlan, type Servers } from './servers.ts';
import type { Workshop } from './workshop.ts';

/** What a scenario works with. */
export interface Stage {
  readonly servers: Servers;
  readonly connections: Connections;
  readonly workshop: Workshop;
  /** For what it does itself. */
  readonly note: Note;
  /** Waits; rejects once the run is ending. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** Whether the trouble is to end: who goes round and round stops then. Only `all` ever repairs. */
  readonly isRepaired: () => boolean;
}

export interface Script {
  readonly basePort: number;
  /** Milliseconds between two steps. */
  readonly everyMs: number;
}

/** A moment of the run by what happened to whom: the first time, or the one of that number, or the last. */
export interface MomentRef extends Pick<Moment, 'event' | 'server'> {
  readonly which?: number | 'last';
}

/** What explains a finding. */
export interface ExpectedCause {
  /** Its cause, or its kind where that says it all. */
  readonly cause: NonNullable<FindingCause['cause']>;
  /** Who is left behind; null: whoever. */
  readonly server: string | null;
}

/** What a finding has to say from some moment on. */
interface Claim {
  readonly from: MomentRef;
  /** How long the rule itself waits from then on, on the agent's clock: earlier is as wrong as later. Left out: not at all. */
  readonly afterMs?: number;
  /** Left out: any. */
  readonly severity?: Severity;
  /** All processes it speaks of. */
  readonly servers: readonly string[];
  readonly causes: readonly ExpectedCause[];
}

/** A finding Portlight owes. */
export interface Expectation extends Claim {
  readonly kind: FindingKind;
  /** The moment whose port is where its program belongs; without it that is the base port. */
  readonly home?: MomentRef;
  /** Causes it may name besides; any other one is wrong, however short it was said. */
  readonly mayName?: readonly string[];
  /** Words that explain it, in its second sentence. */
  readonly says?: string;
  /** How often it opened at least; left out where it is steady. */
  readonly flapping?: number;
  /** What becomes of it. */
  readonly later?: Partial<Claim>;
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
  /** Services the agent beside it is told of: values of `--expect`. Their names are the scenario's own. */
  readonly declares?: (basePort: number) => readonly string[];
  /** The agent's clock runs {@link FAST} times as fast, for troubles that take longer than anybody watches. */
  readonly isFast?: boolean;
  /** Scenarios that have to be over before this one begins: it changes what the machine says to all. */
  readonly follows?: readonly string[];
  /** All that Portlight may say of it, at the scenario's own pace; nothing for a machine without trouble. */
  readonly expects: readonly Expectation[];
  /** Kinds that are true for a moment of what it does on the way. */
  readonly maySay?: readonly FindingKind[];
  /** Sets everything up and plays until done; what it started stays until the run ends. */
  readonly play: (stage: Stage, script: Script) => Promise<void>;
  /** Ends the trouble: every finding has to close. Only `all` does it. */
  readonly repair?: (stage: Stage, script: Script) => void;
  /** How long the rules wait after that until they believe it, on the agent's clock; left out: not at all. */
  readonly calmAfterMs?: number;
}

/** How fast the clock of an agent runs for whom time has to be shorter. */
export const FAST = 100;

export function stage(
  actors: Omit<Stage, 'pause' | 'isRepaired'>,
  ending: AbortSignal,
  isRepaired: () => boolean = () => false,
): Stage {
  return { ...actors, isRepaired, pause: (ms) => setTimeout(ms, undefined, { signal: ending }) };
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

/** One finding about one process, which says all there is to say. */
export function about(
  kind: FindingKind,
  server: string,
  claim: Partial<Expectation> & Pick<Claim, 'from'>,
): Expectation {
  return { kind, servers: [server], causes: [], ...claim };
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
