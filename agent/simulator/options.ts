import { parseArgs } from 'node:util';
import { churn } from './churn.ts';
import { durationMs, durationText } from './duration.ts';
import { healthy } from './healthy.ts';
import { ladder } from './ladder.ts';
import type { Scenario, Script } from './scenario.ts';
import { stale } from './stale.ts';

export const scenarios: ReadonlyMap<string, Scenario> = new Map(Object.entries({ healthy, stale, ladder, churn }));

export interface Options extends Script {
  readonly name: string;
  readonly scenario: Scenario;
  readonly lastsMs: number;
  readonly json: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

type Arguments = ReturnType<typeof splitArguments>;

const PORTS = { lowest: 1024, highest: 65_535 };
const EVERY = { lowestMs: 10, highestMs: 600_000 };
const LASTS = { lowestMs: 1_000, highestMs: 86_400_000 };

export function parseOptions(args: readonly string[]): Parsed {
  let split: Arguments;
  try {
    split = splitArguments(args);
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  return split.values.help ? { kind: 'help' } : judged(split);
}

function splitArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'base-port': { type: 'string', default: '3000' },
      every: { type: 'string' },
      for: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

/** All faults at once; a value that is a string is a fault. */
function judged({ values, positionals }: Arguments): Parsed {
  const name = positionals.join(' ');
  const scenario = scenarios.get(name);
  if (scenario === undefined) return { kind: 'faults', faults: [noSuchScenario(name)] };
  const basePort = readBasePort(values['base-port'], Math.max(...scenario.reach));
  const everyMs = readDuration('--every', values.every, scenario.everyMs, EVERY);
  const lastsMs = readDuration('--for', values.for, scenario.lastsMs, LASTS);
  if (typeof basePort === 'number' && typeof everyMs === 'number' && typeof lastsMs === 'number') {
    return { kind: 'run', options: { name, scenario, basePort, everyMs, lastsMs, json: values.json } };
  }
  return { kind: 'faults', faults: [basePort, everyMs, lastsMs].filter((value) => typeof value === 'string') };
}

function noSuchScenario(name: string): string {
  const expected = `expected one of ${[...scenarios.keys()].join(', ')}`;
  return name === '' ? `no scenario: ${expected}` : `scenario ${JSON.stringify(name)}: ${expected}`;
}

function readBasePort(text: string, reach: number): number | string {
  const highest = PORTS.highest - reach;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= PORTS.lowest && port <= highest) return port;
  return `--base-port: expected a port from ${PORTS.lowest} to ${highest}, got ${JSON.stringify(text)}`;
}

function readDuration(
  option: string,
  text: string | undefined,
  fallbackMs: number,
  limits: typeof EVERY,
): number | string {
  if (text === undefined) return fallbackMs;
  const ms = durationMs(text);
  if (ms !== null && ms >= limits.lowestMs && ms <= limits.highestMs) return ms;
  const range = `${durationText(limits.lowestMs)} to ${durationText(limits.highestMs)}`;
  return `${option}: expected a time from ${range}, as in 500ms, 4s, 2m or 1h, got ${JSON.stringify(text)}`;
}
