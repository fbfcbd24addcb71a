import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface FleetOptions {
  readonly hosts: number;
  /** 0: as fast as the connections allow. */
  readonly paceMs: number;
  readonly lastsMs: number;
  readonly servers: readonly [URL, ...(readonly URL[])];
  readonly sockets: number;
  readonly isSocketPerHost: boolean;
  /** Local addresses that connections come from; empty: the kernel's choice. */
  readonly sources: readonly string[];
  readonly fullShare: number;
  readonly changeShare: number;
  readonly gaugeShare: number;
  readonly incidents: number;
  readonly listeners: readonly [number, number];
  readonly isStorm: boolean;
  readonly isStretchable: boolean;
  readonly isCompressed: boolean;
  /** Null: none is given. */
  readonly enrollToken: string | null;
  readonly recordFile: string | null;
  readonly seed: number;
  readonly isJson: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: FleetOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const OPTIONS = {
  hosts: { type: 'string', default: '1000' },
  every: { type: 'string', default: '15' },
  for: { type: 'string', default: '60s' },
  server: { type: 'string', default: 'http://127.0.0.1:9621' },
  sockets: { type: 'string' },
  'socket-per-host': { type: 'boolean', default: false },
  sources: { type: 'string' },
  'full-share': { type: 'string', default: '0.002' },
  'change-share': { type: 'string', default: '0.02' },
  'gauge-share': { type: 'string', default: '0' },
  incidents: { type: 'string', default: '0.04' },
  listeners: { type: 'string', default: '5-30' },
  storm: { type: 'boolean', default: false },
  'no-stretch': { type: 'boolean', default: false },
  plain: { type: 'boolean', default: false },
  'enroll-token-file': { type: 'string' },
  record: { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

const MOST_HOSTS = 1_000_000;
const MOST_SOCKETS = 200_000;
const USUAL_SOCKETS = 2_000;

export function parseOptions(args: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    return values.help ? { kind: 'help' } : judged(values);
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
}

/** All faults at once. */
function judged(values: Values): Parsed {
  const faults: string[] = [];
  const read = reader(faults);
  const hosts = read('hosts', values.hosts, `a number from 1 to ${MOST_HOSTS}`, wholeFrom(1, MOST_HOSTS)) ?? 1;
  const options: FleetOptions = {
    hosts,
    paceMs: (read('every', values.every, 'seconds from 0 to 3600', numberFrom(0, 3_600)) ?? 0) * 1_000,
    lastsMs: read('for', values.for, 'a time as 30s, 5m or 1h', durationMs) ?? 0,
    servers: read('server', values.server, 'http://ADDRESS:PORT, several separated by commas', servers) ?? [
      new URL('http://0'),
    ],
    sockets:
      read(
        'sockets',
        values.sockets ?? String(Math.min(hosts, USUAL_SOCKETS)),
        'a number',
        wholeFrom(1, MOST_SOCKETS),
      ) ?? 1,
    isSocketPerHost: values['socket-per-host'],
    sources: read('sources', values.sources ?? '', 'IPv4 addresses as 127.0.0.2-127.0.0.9', addresses) ?? [],
    fullShare: read('full-share', values['full-share'], 'a share from 0 to 1', numberFrom(0, 1)) ?? 0,
    changeShare: read('change-share', values['change-share'], 'a share from 0 to 1', numberFrom(0, 1)) ?? 0,
    gaugeShare: read('gauge-share', values['gauge-share'], 'a share from 0 to 1', numberFrom(0, 1)) ?? 0,
    incidents: read('incidents', values.incidents, 'a share from 0 to 1', numberFrom(0, 1)) ?? 0,
    listeners: read('listeners', values.listeners, 'numbers as 5-30, from 1 to 500', range) ?? [1, 1],
    isStorm: values.storm,
    isStretchable: !values['no-stretch'],
    isCompressed: !values.plain,
    enrollToken:
      read('enroll-token-file', values['enroll-token-file'] ?? null, 'a file with a token', firstToken) ?? null,
    recordFile: values.record ?? null,
    seed: read('seed', values.seed, 'a number', wholeFrom(0, 0xffff_ffff)) ?? 0,
    isJson: values.json,
  };
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'run', options };
}

type Reader = <T>(
  name: string,
  text: string | null,
  expected: string,
  parse: (text: string) => T | undefined,
) => T | undefined;

function reader(faults: string[]): Reader {
  return (name, text, expected, parse) => {
    if (text === null) return undefined;
    const value = parse(text);
    if (value === undefined) faults.push(`--${name}: expected ${expected}, got ${JSON.stringify(text)}`);
    return value;
  };
}

function numberFrom(least: number, most: number) {
  return (text: string): number | undefined => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : undefined;
  };
}

function wholeFrom(least: number, most: number) {
  return (text: string): number | undefined => (/^\d+$/.test(text) ? numberFrom(least, most)(text) : undefined);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(digits) * unitMs;
}

function range(text: string): readonly [number, number] | undefined {
  const [, from, to = from] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text) ?? [];
  const [least, most] = [Number(from), Number(to)];
  return least >= 1 && least <= most && most <= 500 ? [least, most] : undefined;
}

function servers(text: string): readonly [URL, ...URL[]] | undefined {
  const urls = text.split(',').map((part) => URL.parse(part));
  const good = urls.filter((url) => url?.protocol === 'http:' && url.pathname === '/');
  const [first, ...others] = good.filter((url) => url !== null);
  return first && good.length === urls.length ? [first, ...others] : undefined;
}

function addresses(text: string): readonly string[] | undefined {
  if (text === '') return [];
  const [first = '', last = first] = text.split('-');
  if (!isIPv4(first) || !isIPv4(last)) return undefined;
  const [from, to] = [asNumber(first), asNumber(last)];
  if (to < from || to - from > 255) return undefined;
  return Array.from({ length: to - from + 1 }, (_, at) => asAddress(from + at));
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function asAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** As the agent reads it: the first line that is no comment, without the name before it. */
function firstToken(file: string): string | undefined {
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim());
    const line = lines.find((one) => one !== '' && !one.startsWith('#'));
    return line?.split(':').at(line.includes(':') ? 1 : 0);
  } catch {
    return undefined;
  }
}
