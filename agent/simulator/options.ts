import { parseArgs } from 'node:util';
import { durationMs, durationText } from './duration.ts';
import type { Scenario, Script } from './scenario.ts';
import { scenarios } from './scenarios.ts';

export interface Options extends Script {
  readonly name: string;
  readonly scenario: Scenario;
  readonly lastsMs: number;
  readonly json: boolean;
}

/** Of `all`: every scenario beside a real agent. */
export interface AllOptions {
  readonly only: ReadonlyMap<string, Scenario>;
  /** How long after its moment a finding may come, and after the repair go. */
  readonly withinMs: number;
  readonly json: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'all'; readonly options: AllOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

type Arguments = ReturnType<typeof splitArguments>;

const FIRST_PORT = '3000';
const PORTS = { lowest: 1024, highest: 65_535 };
const EVERY = { lowestMs: 10, highestMs: 600_000 };
const WITHIN = { lowestMs: 1_000, highestMs: 60_000 };
const WITHIN_MS = 3_000;
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
      'base-port': { type: 'string' },
      every: { type: 'string' },
      for: { type: 'string' },
      only: { type: 'string' },
      within: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

/** All faults at once; a value that is a string is a fault. */
function judged(split: Arguments): Parsed {
  const { values, positionals } = split;
  const name = positionals.join(' ');
  if (name === 'all') return judgedForAll(split);
  const scenario = scenarios.get(name);
  if (scenario === undefined) return { kind: 'faults', faults: [noSuchScenario(name)] };
  const foreign = without(values, ['only', 'within'], name);
  if (foreign.length > 0) return { kind: 'faults', faults: foreign };
  const basePort = readBasePort(values['base-port'] ?? FIRST_PORT, Math.max(...scenario.reach));
  const everyMs = readDuration('--every', values.every, scenario.everyMs, EVERY);
  const lastsMs = readDuration('--for', values.for, scenario.lastsMs, LASTS);
  if (typeof basePort === 'number' && typeof everyMs === 'number' && typeof lastsMs === 'number') {
    return { kind: 'run', options: { name, scenario, basePort, everyMs, lastsMs, json: values.json } };
  }
  return { kind: 'faults', faults: [basePort, everyMs, lastsMs].filter((value) => typeof value === 'string') };
}

function judgedForAll({ values }: Arguments): Parsed {
  const names = values.only?.split(',') ?? [...scenarios.keys()];
  const only = new Map([...scenarios].filter(([name]) => names.includes(name)));
  const withinMs = readDuration('--within', values.within, WITHIN_MS, WITHIN);
  const faults = [
    ...without(values, ['base-port', 'every', 'for'], 'all'),
    ...names.filter((name) => !scenarios.has(name)).map(noSuchScenario),
    ...(typeof withinMs === 'string' ? [withinMs] : []),
  ];
  if (typeof withinMs === 'string' || faults.length > 0) return { kind: 'faults', faults };
  return { kind: 'all', options: { only, withinMs, json: values.json } };
}

function without(
  values: Arguments['values'],
  options: readonly (keyof Arguments['values'])[],
  name: string,
): readonly string[] {
  return options.filter((option) => values[option] !== undefined).map((option) => `--${option}: not with ${name}`);
}

function noSuchScenario(name: string): string {
  const expected = `expected one of ${[...scenarios.keys(), 'all'].join(', ')}`;
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
