import { setTimeout } from 'node:timers/promises';
import { type Connections } from './connections.ts';
import { type ServerPlan, type Servers } from './servers.ts';

/** What a scenario works with. */
export interface Stage {
  readonly servers: Servers;
  readonly connections: Connections;
  /** Waits; rejects once the run is ending. */
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface Script {
  readonly basePort: number;
  /** Milliseconds between two steps. */
  readonly everyMs: number;
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
  /** Sets everything up and plays until done; what it started stays until the run ends. */
  readonly play: (stage: Stage, script: Script) => Promise<void>;
}

export function stage(servers: Servers, connections: Connections, ending: AbortSignal): Stage {
  return { servers, connections, pause: (ms) => setTimeout(ms, undefined, { signal: ending }) };
}

/** Release `version` of a web server that neither ends at SIGTERM nor minds which port it gets. */
export function carelessWeb(version: number, port: number): ServerPlan {
  return { name: `web ${version}`, script: 'web.ts', port, args: ['--next-port-when-taken', '--ignore-sigterm'] };
}

export function span(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
