import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { accessFaults, TOKEN_FILES } from './config-access.ts';
import { readSubcommand, type Subcommand } from './config-subcommands.ts';
import { OPTIONS, type OptionName, type OptionValues, type Reading } from './config-options.ts';
import type { StoreLocation } from './store/open-store.ts';

/** What the server was told, with defaults filled in. Read once, never changed. */
export interface ServerConfig extends Readonly<Omit<OptionValues, 'store'>> {
  readonly store: StoreLocation;
}

/** Which store to work on. */
export type StoreConfig = Pick<ServerConfig, 'store'>;

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'run'; readonly config: ServerConfig }
  | { readonly kind: 'subcommand'; readonly subcommand: Subcommand; readonly config: StoreConfig }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = Object.keys(OPTIONS) as OptionName[];
/** Those that say which store. */
const STORE_NAMES = ['stateDir', 'store'] as const satisfies readonly OptionName[];

/** Flags, then environment, then defaults; every fault is reported, not only the first. */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const flags = readFlags(args);
  if (flags.help) return { kind: 'help' };
  if (flags.version) return { kind: 'version' };
  const { subcommand, faults } = readSubcommand(flags);
  const readings = (subcommand ? STORE_NAMES : NAMES).map((name) => readOption(name, flags.values, environment));
  const allFaults = [...faults, ...readings.flatMap((reading) => reading.faults)];
  if (allFaults.length > 0) return { kind: 'faults', faults: allFaults };
  const values = Object.fromEntries(readings.map(({ name, value }) => [name, value])) as unknown as OptionValues;
  if (subcommand) return { kind: 'subcommand', subcommand, config: { store: storeOf(values) } };
  return freeze(values);
}

function freeze({ store, ...rest }: OptionValues): Command {
  const config: ServerConfig = Object.freeze({ ...rest, store: storeOf({ store, stateDir: rest.stateDir }) });
  const faults = accessFaults(config);
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'run', config };
}

function storeOf({ store, stateDir }: Pick<OptionValues, 'store' | 'stateDir'>): StoreLocation {
  return store ?? { kind: 'sqlite', path: join(stateDir, 'portlight.db') };
}

/** The command line, taken apart. */
export interface Flags {
  /** By flag, without its dashes. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What is no option, in order. */
  readonly words: readonly string[];
  readonly faults: readonly string[];
  readonly isJson: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Flags without a value. */
const SWITCHES = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

function readFlags(args: readonly string[]): Flags {
  const known = Object.values(OPTIONS).map(({ flag }) => [flag, { type: 'string', multiple: true }] as const);
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(known), ...SWITCHES },
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const faults: string[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(SWITCHES, token.name)) continue;
    if (!known.some(([flag]) => flag === token.name))
      faults.push(`unknown option ${token.rawName}; --help lists them all`);
    else if (token.value === undefined) faults.push(`${token.rawName}: expected a value`);
    else values.set(token.name, [...(values.get(token.name) ?? []), token.value]);
  }
  const has = (name: string): boolean => tokens.some((token) => token.kind === 'option' && token.name === name);
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  return { values, words, faults, isJson: has('json'), help: has('help'), version: has('version') };
}

interface OptionReading {
  readonly name: OptionName;
  readonly value: unknown;
  readonly faults: readonly string[];
}

function readOption(name: OptionName, flags: Flags['values'], environment: Environment): OptionReading {
  const option = OPTIONS[name];
  const given = flags.get(option.flag);
  const variable = environmentName(option.flag);
  const fromEnvironment = environment[variable]?.trim();
  const source = given === undefined && fromEnvironment ? variable : `--${option.flag}`;
  const texts = given ?? fromEnvironment?.split(/\s+/).filter(Boolean) ?? [];
  if (texts.length > 1 && !option.repeatable) {
    return { name, value: null, faults: [`${source}: expected one value, got ${texts.length}`] };
  }
  return { name, ...settle(source, option.read(texts.length > 0 ? texts : option.fallback), texts) };
}

function settle(source: string, reading: Reading<unknown>, texts: readonly string[]): Omit<OptionReading, 'name'> {
  if (reading.kind === 'value') return { value: reading.value, faults: [] };
  return {
    value: null,
    faults: [`${source}: expected ${reading.expected}, got "${withoutPassword(texts.join(' '))}"`],
  };
}

/** What is printed may end in a log. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//…@');
}

/** `--silent-after` is PORTLIGHT_SERVER_SILENT_AFTER. */
export function environmentName(flag: string): string {
  return `PORTLIGHT_SERVER_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** For a function platform: the environment alone, and all three tokens, as whoever finds its address can ask. */
export function readFunctionConfig(environment: Environment): Command {
  const command = readCommand([], environment);
  if (command.kind !== 'run') return command;
  const missing = TOKEN_FILES.filter(([, name]) => command.config[name] === null).map(([flag]) =>
    environmentName(flag),
  );
  if (missing.length === 0) return command;
  const fault = `a function lets others in, so tokens are required: make each file by openssl rand -hex 32 and name it in ${missing.join(', ')}`;
  return { kind: 'faults', faults: [fault] };
}

/** Of package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

/** Folder of this package, from its sources, from dist/tsc/src and from the bundle in dist. */
export function packageFolder(): string {
  const here = import.meta.dirname;
  return here.slice(0, here.search(/\/(src|dist)(\/|$)/));
}
