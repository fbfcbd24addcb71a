/** The agent's options, read once into one frozen object. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { type NewerThan } from './check/newer-than.ts';
import { LABEL_NAME, type Exposure } from './contract.ts';
import { parseExpectation, parsePlace, repeatedNames } from './findings/parse-expectation.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import {
  fault,
  option,
  optional,
  type Parsed,
  readOptions,
  repeated,
  toggle,
  value,
  type Invocation,
  type ValuesOf,
} from './options.ts';

/** Where the local endpoint listens. */
export type ListenAddress =
  | {
      readonly kind: 'tcp';
      readonly address: string;
      readonly port: number;
      readonly exposure: Extract<Exposure, 'loopback' | 'any'>;
    }
  | { readonly kind: 'unix'; readonly path: string };

/** Of a URL or an address. */
export const isLoopback = (host: string) => isLoopbackName(host.replace(/^\[|\]$/g, ''));

const isLoopbackName = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function listenAddress(text: string): Parsed<ListenAddress> {
  const expected = 'ADDRESS:PORT such as 127.0.0.1:9620 or [::1]:9620, or unix:PATH';
  if (text.startsWith('unix:/')) return value({ kind: 'unix', path: text.slice('unix:'.length) });
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (!(isIP(address) || address === 'localhost') || !(port <= 65535)) return fault(expected);
  return value({ kind: 'tcp', address, port, exposure: isLoopbackName(address) ? 'loopback' : 'any' });
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const durationMs = (least: string, most: string) => {
  const toMs = (text: string) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
    return Number(amount) * (UNITS_MS[unit ?? ''] ?? NaN);
  };
  return (text: string): Parsed<number> => {
    const ms = toMs(text);
    return ms >= toMs(least) && ms <= toMs(most) ? value(ms) : fault(`a time from ${least} to ${most}`);
  };
};

function httpUrl(text: string): Parsed<URL> {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return fault('a URL such as https://portlight.example.com');
  if (url.username || url.password) return fault('a URL without user and password (tokens go into --token-file)');
  return value(url);
}

function proxyUrl(text: string): Parsed<URL> {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return fault('a URL such as http://proxy.example.com:3128');
  if (url.username || url.password) return fault('a URL without user and password (they go into HTTPS_PROXY)');
  return value(url);
}

function label(text: string): Parsed<readonly [string, string]> {
  const at = text.indexOf('=');
  const [name, given] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || !LABEL_NAME.test(name))
    return fault('key=value, the key of a-z, 0-9 and _, starting with a letter, at most 63 long');
  return Buffer.byteLength(given) <= 256 ? value([name, given]) : fault('a value of at most 256 bytes');
}

function hostName(text: string): Parsed<string> {
  return /^[^\s\p{C}]{1,253}$/u.test(text) ? value(text) : fault('a name of 1 to 253 characters without blanks');
}

const oneOf = <T extends string>(...words: readonly T[]) => {
  return (text: string): Parsed<T> => {
    const found = words.find((word) => word === text);
    return found === undefined ? fault(words.join(', ')) : value(found);
  };
};

function folderOrFile(text: string): Parsed<string> {
  return text === '' ? fault('a path') : value(text);
}

function metricsLimit(text: string): Parsed<number> {
  return /^\d{1,5}$/.test(text) && Number(text) <= 10_000 ? value(Number(text)) : fault('a number from 0 to 10000');
}

const LISTEN = '127.0.0.1:9620';

const EXPECT = repeated(
  'NAME=ADDRESS:PORT',
  'a service and where it belongs; alternatives: A:1|B:2; its holder: ,unit=… ,exe=… ,user=…',
  parseExpectation,
);

const SCAN_EVERY = option('TIME', 'pace of the scans, 200ms to 1h', '1s', durationMs('200ms', '1h'));

const SCAN_OPTIONS = {
  procRoot: option('DIR', 'where proc is mounted', '/proc', folderOrFile),
  noCommandLines: toggle('leave command lines out (they are masked, but masking is best effort)'),
};

export const AGENT_OPTIONS = {
  listen: option('ADDRESS', 'the local endpoint: ADDRESS:PORT or unix:PATH', LISTEN, listenAddress),
  server: optional('URL', 'push to this aggregator', httpUrl),
  enrollTokenFile: optional('FILE', 'token to enrol with at the first contact', folderOrFile),
  tokenFile: optional('FILE', 'the host token, written on enrolment (default STATE-DIR/host-token)', folderOrFile),
  scanEvery: SCAN_EVERY,
  name: option('NAME', 'name of this machine', hostname(), hostName),
  label: repeated('KEY=VALUE', 'label of this machine', label),
  expect: EXPECT,
  ...SCAN_OPTIONS,
  stateDir: option(
    'DIR',
    'keeps the host id and token, undelivered events and the homes it learned',
    '/var/lib/portlight',
    folderOrFile,
  ),
  textfile: optional('DIR', 'keep portlight.prom there, for node_exporter’s textfile collector', folderOrFile),
  metricsMaxListeners: option('N', 'listeners that get metrics of their own, 0 to 10000', '200', metricsLimit),
  readTokenFile: optional('FILE', 'token readers must present; required when --listen is not loopback', folderOrFile),
  advertise: optional('URL', 'where the aggregator reaches the local endpoint', httpUrl),
  serverCaFile: optional('FILE', 'PEM of the authority that signed the aggregator’s certificate', folderOrFile),
  proxy: optional('URL', 'push through this proxy (else through that of HTTPS_PROXY, for https)', proxyUrl),
  allowPlainHttp: toggle('push over http:// to another machine'),
  logLevel: option('LEVEL', LOG_LEVELS.join(', '), 'info', oneOf<LogLevel>(...LOG_LEVELS)),
  logFormat: option('FORMAT', 'text or json, to stderr', 'text', oneOf('text', 'json')),
};
export type AgentConfig = ValuesOf<typeof AGENT_OPTIONS>;

function port(text: string): Parsed<number> {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? value(Number(text)) : fault('a port, 0 to 65535');
}

export const PORTS_OPTIONS = {
  json: toggle('print the snapshot as JSON'),
  port: optional('PORT', 'only this port', port),
  proto: optional('PROTO', 'only tcp or udp', oneOf('tcp', 'udp')),
  ...SCAN_OPTIONS,
};
export type PortsConfig = ValuesOf<typeof PORTS_OPTIONS>;

const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** PID_MAX_LIMIT of include/linux/threads.h. */
const LARGEST_PID = 4_194_304;

function newerThan(text: string): Parsed<NewerThan> {
  if (/^\d{1,7}$/.test(text) && Number(text) >= 1 && Number(text) <= LARGEST_PID) {
    return value({ kind: 'process', pid: Number(text) });
  }
  const at = INSTANT.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at)
    ? fault('a pid, or a time such as 2026-11-23T15:17:05Z (date -Is prints one)')
    : value({ kind: 'time', at: new Date(at) });
}

export const CHECK_OPTIONS = {
  expect: EXPECT,
  free: repeated('ADDRESS:PORT', 'nothing keeps a server from listening there', parsePlace),
  newerThan: optional('PID|TIME', 'holders of --expect must have started after that process, or that time', newerThan),
  wait: option('TIME', 'look again each 250 ms until all is well, at most this long', '0s', durationMs('0s', '1h')),
  json: toggle('print the verdict as JSON'),
  ...SCAN_OPTIONS,
};
export type CheckConfig = ValuesOf<typeof CHECK_OPTIONS>;

export const WATCH_OPTIONS = {
  json: toggle('print a JSON object a line'),
  expect: EXPECT,
  scanEvery: SCAN_EVERY,
  ...SCAN_OPTIONS,
};
export type WatchConfig = ValuesOf<typeof WATCH_OPTIONS>;

/** Faults that only show when options are seen together. */
function combinedFaults(config: AgentConfig): string[] {
  const { listen, readTokenFile, server, allowPlainHttp, label: labels } = config;
  const faults: string[] = repeatedNames(config.expect);
  if (listen.kind === 'tcp' && listen.exposure !== 'loopback' && readTokenFile === null) {
    faults.push(
      `--listen ${listen.address}:${listen.port} is reachable from other machines: give --read-token-file too ` +
        '(make one: umask 077; openssl rand -hex 32 > FILE), or listen on 127.0.0.1',
    );
  }
  if (server?.protocol === 'http:' && !isLoopback(server.hostname) && !allowPlainHttp) {
    faults.push(
      `--server ${server.href}: tokens would cross the network unencrypted: use https://, or say --allow-plain-http`,
    );
  }
  if (labels.length > 32) faults.push(`--label: expected at most 32 labels, got ${labels.length}`);
  return faults;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an agent of this machine listens; null when its variable says nothing that can be understood. */
export function agentAddress(env: Environment): ListenAddress | null {
  const parsed = listenAddress(env.PORTLIGHT_AGENT_LISTEN ?? LISTEN);
  return parsed.kind === 'value' ? parsed.value : null;
}

export function readAgentConfig(args: readonly string[], env: Environment): Invocation<typeof AGENT_OPTIONS> {
  const invocation = readOptions(AGENT_OPTIONS, args, env, 'PORTLIGHT_AGENT_');
  if (invocation.kind !== 'run') return invocation;
  const faults = combinedFaults(invocation.values);
  return faults.length > 0 ? { kind: 'faults', faults } : invocation;
}

export function readCheckConfig(args: readonly string[], env: Environment): Invocation<typeof CHECK_OPTIONS> {
  const invocation = readOptions(CHECK_OPTIONS, args, env, 'PORTLIGHT_AGENT_');
  if (invocation.kind !== 'run') return invocation;
  const { expect, free, newerThan: reference } = invocation.values;
  const faults = repeatedNames(expect);
  if (expect.length + free.length === 0) {
    faults.push('nothing to check: expected --expect NAME=ADDRESS:PORT or --free ADDRESS:PORT');
  }
  if (reference !== null && expect.length === 0) faults.push('--newer-than: expected with --expect NAME=ADDRESS:PORT');
  return faults.length > 0 ? { kind: 'faults', faults } : invocation;
}

export const readPortsConfig = (args: readonly string[], env: Environment) =>
  readOptions(PORTS_OPTIONS, args, env, 'PORTLIGHT_AGENT_');

export function readWatchConfig(args: readonly string[], env: Environment): Invocation<typeof WATCH_OPTIONS> {
  const invocation = readOptions(WATCH_OPTIONS, args, env, 'PORTLIGHT_AGENT_');
  const faults = invocation.kind === 'run' ? repeatedNames(invocation.values.expect) : [];
  return faults.length > 0 ? { kind: 'faults', faults } : invocation;
}
