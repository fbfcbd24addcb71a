import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseNetwork, type Network } from './net/addresses.ts';
import type { StoreLocation } from './store/open-store.ts';

export interface ListenAddress {
  /** An address or `localhost`. */
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const LOG_FORMATS = ['json', 'text'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface OptionValues {
  readonly listen: ListenAddress;
  readonly publicUrl: URL | null;
  readonly stateDir: string;
  /** Null: `portlight.db` in the state directory. */
  readonly store: StoreLocation | null;
  readonly retentionMs: number;
  /** Null: as much as the disk has. */
  readonly maxStoreBytes: number | null;
  readonly forgetAfterMs: number;
  readonly silentAfterMs: number;
  readonly agentNetworks: readonly Network[];
  readonly enrollTokenFile: string | null;
  readonly readTokenFile: string | null;
  readonly adminTokenFile: string | null;
  readonly trustedProxies: readonly Network[];
  /** In lower case, as requests have them; null: people sign in by tokens. */
  readonly authHeader: string | null;
  readonly groupHeader: string | null;
  readonly adminGroup: string | null;
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export type OptionName = keyof OptionValues;

export type Reading<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'fault'; readonly expected: string };

export interface Option<T> {
  readonly flag: string;
  readonly argument: string;
  readonly group: 'Address' | 'Store' | 'Machines' | 'Access' | 'Log';
  readonly help: string;
  /** Texts that are read when nothing was given. */
  readonly fallback: readonly string[];
  readonly repeatable: boolean;
  /** `texts` is empty when nothing was given and there is no fallback. */
  read(texts: readonly string[]): Reading<T>;
}

type OptionTexts = Pick<Option<unknown>, 'flag' | 'argument' | 'group' | 'help'>;

/** An option given once; `parse` answers undefined for what it does not understand. */
function required<T>(
  texts: OptionTexts,
  fallback: string,
  expected: string,
  parse: (text: string) => T | undefined,
): Option<T> {
  return { ...texts, fallback: [fallback], repeatable: false, read: ([text = '']) => reading(parse(text), expected) };
}

function optional<T>(texts: OptionTexts, expected: string, parse: (text: string) => T | undefined): Option<T | null> {
  const read = ([text]: readonly string[]): Reading<T | null> =>
    reading(text === undefined ? null : parse(text), expected);
  return { ...texts, fallback: [], repeatable: false, read };
}

function reading<T>(value: T | undefined, expected: string): Reading<T> {
  return value === undefined ? { kind: 'fault', expected } : { kind: 'value', value };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(texts: OptionTexts, fallback: string, lowest: string, highest: string): Option<number> {
  const [least, most] = [parseDuration(lowest) ?? 0, parseDuration(highest) ?? Infinity];
  return required(texts, fallback, `a time from ${lowest} to ${highest}, as 90s, 15m, 12h or 30d`, (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= least && ms <= most ? ms : undefined;
  });
}

function parseDuration(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(digits) * unitMs;
}

function choice<T extends string>(texts: OptionTexts, fallback: T, choices: readonly T[]): Option<T> {
  return required(texts, fallback, `one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text));
}

function file(flag: string, help: string, group: Option<unknown>['group'] = 'Access'): Option<string | null> {
  return optional({ flag, argument: 'FILE', group, help }, 'the path of a file', (text) => resolve(text));
}

function header(flag: string, help: string): Option<string | null> {
  const texts = { flag, argument: 'NAME', group: 'Access', help } as const;
  return optional(texts, 'the name of a header, as Remote-User', (text) =>
    /^[A-Za-z0-9-]{1,64}$/.test(text) ? text.toLowerCase() : undefined,
  );
}

function networks(texts: OptionTexts): Option<readonly Network[]> {
  return { ...texts, fallback: [], repeatable: true, read: readNetworks };
}

function parseListen(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const isHost = host === 'localhost' || isIP(host) === (bracketed === undefined ? 4 : 6);
  return isHost && port <= 65_535 ? { host, port } : undefined;
}

function parsePublicUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username;
  return isPlain ? url : undefined;
}

/** `sqlite:` and a path, or the URL of a database. */
function parseStore(text: string): StoreLocation | undefined {
  if (/^postgres(ql)?:\/\//.test(text)) return isDatabaseUrl(text) ? { kind: 'postgres', url: text } : undefined;
  const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length) : '';
  return path === '' ? undefined : { kind: 'sqlite', path: resolve(path) };
}

function isDatabaseUrl(text: string): boolean {
  return (URL.parse(text)?.pathname.length ?? 0) > 1;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
/** A store with less has no room for a day. */
const LEAST_STORE_BYTES = 2 ** 24;

function parseBytes(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNIT_BYTES[unit] ?? Number.NaN);
  return digits !== '' && bytes >= LEAST_STORE_BYTES && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

function readNetworks(texts: readonly string[]): Reading<readonly Network[]> {
  const networks = texts.map(parseNetwork);
  const known = networks.filter((network) => network !== null);
  return reading(known.length === networks.length ? known : undefined, 'networks as 10.0.0.0/8 or 2001:db8::/32');
}

export const OPTIONS: { readonly [N in OptionName]: Option<OptionValues[N]> } = {
  listen: required(
    {
      flag: 'listen',
      argument: 'ADDRESS:PORT',
      group: 'Address',
      help: 'where to answer; anything but loopback needs the three token files',
    },
    '127.0.0.1:9621',
    'an address and a port, as 127.0.0.1:9621 or [::1]:9621',
    parseListen,
  ),
  publicUrl: optional(
    {
      flag: 'public-url',
      argument: 'URL',
      group: 'Address',
      help: 'how people reach this server through a proxy; needs the three token files',
    },
    'an address without a path, as https://portlight.example.com',
    parsePublicUrl,
  ),
  stateDir: required(
    { flag: 'state-dir', argument: 'DIR', group: 'Store', help: 'folder of everything that is kept' },
    '/var/lib/portlight-server',
    'the path of a folder',
    (text) => (text === '' ? undefined : resolve(text)),
  ),
  store: optional(
    {
      flag: 'store',
      argument: 'STORE',
      group: 'Store',
      help: 'sqlite:PATH, or postgres://USER@HOST/DATABASE for several servers over one store (a password belongs into the environment: there, or as PGPASSWORD; default: portlight.db in the state directory)',
    },
    'sqlite:PATH or postgres://USER@HOST:PORT/DATABASE',
    parseStore,
  ),
  retentionMs: duration(
    { flag: 'retention', argument: 'TIME', group: 'Store', help: 'how long events and ended findings are kept' },
    '30d',
    '1h',
    '3650d',
  ),
  maxStoreBytes: optional(
    {
      flag: 'max-store',
      argument: 'BYTES',
      group: 'Store',
      help: 'size from which the oldest days of events are removed before their time, as 500M or 20G',
    },
    'a number of bytes from 16M, as 500M, 20G or 1T',
    parseBytes,
  ),
  forgetAfterMs: duration(
    {
      flag: 'forget-after',
      argument: 'TIME',
      group: 'Machines',
      help: 'when a machine that no longer reports is removed',
    },
    '7d',
    '1h',
    '3650d',
  ),
  silentAfterMs: duration(
    {
      flag: 'silent-after',
      argument: 'TIME',
      group: 'Machines',
      help: 'when a machine that does not report counts as silent',
    },
    '60s',
    '1s',
    '1d',
  ),
  agentNetworks: networks({
    flag: 'agent-network',
    argument: 'CIDR',
    group: 'Machines',
    help: 'network of agents that may be asked live besides the address they push from; repeatable',
  }),
  enrollTokenFile: file(
    'enroll-token-file',
    'tokens by which a new machine may enrol; with it every push needs its machine’s token',
  ),
  readTokenFile: file('read-token-file', 'tokens that may read: one name:token[:expiry] or bare token a line'),
  adminTokenFile: file('admin-token-file', 'tokens that may read and change'),
  trustedProxies: networks({
    flag: 'trust-proxy',
    argument: 'CIDR',
    group: 'Access',
    help: 'network of proxies whose X-Forwarded-For or Forwarded tells where a request comes from; needs the three token files; repeatable',
  }),
  authHeader: header(
    'auth-header',
    'header in which a proxy of --trust-proxy names the person it signed in: they may read; it must remove what clients send of it',
  ),
  groupHeader: header('group-header', 'header in which it lists the groups that person is in, separated by commas'),
  adminGroup: optional(
    {
      flag: 'admin-group',
      argument: 'GROUP',
      group: 'Access',
      help: 'group of --group-header whose members may change, too',
    },
    'the name of a group, without a comma',
    (text) => (/^[^,]{1,256}$/.test(text) ? text : undefined),
  ),
  tlsCertFile: file(
    'tls-cert-file',
    'certificate in PEM form, then those it rests on: answers by HTTPS; read again when it changes',
    'Address',
  ),
  tlsKeyFile: file('tls-key-file', 'its key in PEM form; read again when it changes', 'Address'),
  logLevel: choice(
    { flag: 'log-level', argument: 'LEVEL', group: 'Log', help: LOG_LEVELS.join(', ') },
    'info',
    LOG_LEVELS,
  ),
  logFormat: choice(
    { flag: 'log-format', argument: 'FORMAT', group: 'Log', help: 'json or text, to stderr' },
    'text',
    LOG_FORMATS,
  ),
};
