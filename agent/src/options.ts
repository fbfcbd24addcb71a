/** Options of a command: declared once, read from flags, then the environment, then their defaults; all faults at once. */
import { parseArgs } from 'node:util';

export type Parsed<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'fault'; readonly expected: string };

export const value = <T>(parsed: T): Parsed<T> => ({ kind: 'value', value: parsed });
export const fault = (expected: string): Parsed<never> => ({ kind: 'fault', expected });

/** What was wrong with one text given for an option. */
interface Misreading {
  readonly expected: string;
  readonly got: string;
}

type Read<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'misread'; readonly faults: readonly Misreading[] };

function readOne<T>(text: string, parse: Parser<T>): Read<T> {
  const parsed = parse(text);
  return parsed.kind === 'value' ? parsed : { kind: 'misread', faults: [{ expected: parsed.expected, got: text }] };
}

export interface Option<T> {
  /** What stands for the value in the help; null for a switch. */
  readonly placeholder: string | null;
  readonly help: string;
  /** As it would be typed; null when the option may be absent. */
  readonly fallback: string | null;
  readonly repeatable: boolean;
  /** Gets every text given, in order; none when the option is absent. */
  readonly read: (texts: readonly string[]) => Read<T>;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

type Parser<T> = (text: string) => Parsed<T>;

/** An option with a default. */
export const option = <T>(placeholder: string, help: string, fallback: string, parse: Parser<T>): Option<T> => ({
  placeholder,
  help,
  fallback,
  repeatable: false,
  read: (texts) => readOne(texts.at(-1) ?? fallback, parse),
});

/** An option that may be absent: then null. */
export const optional = <T>(placeholder: string, help: string, parse: Parser<T>): Option<T | null> => ({
  placeholder,
  help,
  fallback: null,
  repeatable: false,
  read: (texts) => {
    const last = texts.at(-1);
    return last === undefined ? { kind: 'value', value: null } : readOne(last, parse);
  },
});

/** An option that may be given many times; in the environment its values are separated by blanks. */
export const repeated = <T>(placeholder: string, help: string, parse: Parser<T>): Option<readonly T[]> => ({
  placeholder,
  help,
  fallback: null,
  repeatable: true,
  read: (texts) => {
    const read = texts.map((text) => readOne(text, parse));
    const faults = read.flatMap((one) => (one.kind === 'misread' ? one.faults : []));
    if (faults.length > 0) return { kind: 'misread', faults };
    return { kind: 'value', value: read.flatMap((one) => (one.kind === 'value' ? [one.value] : [])) };
  },
});

function switchState(text: string): Parsed<boolean> {
  if (/^(1|true|yes|)$/i.test(text)) return value(true);
  return /^(0|false|no)$/i.test(text) ? value(false) : fault('1 or 0');
}

/** A switch: on when given, or when its variable is 1, true or yes. */
export const toggle = (help: string): Option<boolean> => ({
  placeholder: null,
  help,
  fallback: null,
  repeatable: false,
  read: (texts) => {
    const last = texts.at(-1);
    return last === undefined ? { kind: 'value', value: false } : readOne(last, switchState);
  },
});

const flagName = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variableName = (prefix: string, key: string) => prefix + flagName(key).replaceAll('-', '_').toUpperCase();

export type Invocation<O extends Options> =
  | { readonly kind: 'run'; readonly values: ValuesOf<O> }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

function parseFlags(options: Options, args: readonly string[]) {
  const config = Object.entries(options).map(([key, { placeholder }]) => {
    const type: 'boolean' | 'string' = placeholder === null ? 'boolean' : 'string';
    return [flagName(key), { type, multiple: true }] as const;
  });
  const standard = {
    help: { type: 'boolean' as const, short: 'h' },
    version: { type: 'boolean' as const, short: 'V' },
  };
  return parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(config), ...standard },
    strict: false,
    tokens: true,
  });
}

const textsOf = (given: Flags[string]) => [given ?? []].flat().map((one) => (one === true ? '' : String(one)));

function textsFor(key: string, one: Option<unknown>, flags: Flags, env: Environment, prefix: string) {
  const given = textsOf(flags[flagName(key)]);
  if (given.length > 0) return { texts: given, from: `--${flagName(key)}` };
  const variable = variableName(prefix, key);
  const text = env[variable];
  if (text === undefined || text === '') return { texts: [], from: `--${flagName(key)}` };
  return { texts: one.repeatable ? text.split(/\s+/).filter(Boolean) : [text], from: variable };
}

/** What was typed, without the password of a URL: faults are logged. */
function shown(text: string): string {
  const plain = text.replace(/\/\/[^/@]*@/, '//***@');
  return JSON.stringify(plain.length > 80 ? `${plain.slice(0, 80)}…` : plain);
}

/** A flag that does not exist, a word too many, a value flag without its value. */
function misuse(options: Options, tokens: ReturnType<typeof parseFlags>['tokens']): string[] {
  const known = new Map(Object.entries(options).map(([key, one]) => [flagName(key), one]));
  return tokens.flatMap((token, index) => {
    if (token.kind === 'positional') {
      const before = tokens[index - 1];
      const isValueOfUnknown = before?.kind === 'option' && !known.has(before.name);
      return isValueOfUnknown ? [] : [`unexpected argument ${shown(token.value)}`];
    }
    if (token.kind !== 'option' || token.name === 'help' || token.name === 'version') return [];
    const one = known.get(token.name);
    if (!one) return [`unknown option ${shown(token.rawName)}; see --help`];
    if (one.placeholder !== null && token.value === undefined)
      return [`${token.rawName}: expected ${one.placeholder} after it`];
    return [];
  });
}

/** Reads one command's options. `prefix` is that of the environment names, as `PORTLIGHT_AGENT_`. */
export function readOptions<O extends Options>(
  options: O,
  args: readonly string[],
  env: Environment,
  prefix: string,
): Invocation<O> {
  const { values: flags, tokens } = parseFlags(options, args);
  if (flags.help) return { kind: 'help' };
  if (flags.version) return { kind: 'version' };
  const faults = misuse(options, tokens);
  const values: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(options)) {
    const { texts, from } = textsFor(key, one, flags, env, prefix);
    const read = one.read(texts);
    if (read.kind === 'value') values[key] = read.value;
    else if (faults.length === 0 || texts.some((text) => text !== '')) {
      faults.push(...read.faults.map(({ expected, got }) => `${from}: expected ${expected}, got ${shown(got)}`));
    }
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  return { kind: 'run', values: Object.freeze(values) as ValuesOf<O> };
}

/** The options' part of a help text, aligned. */
export function optionsHelp(options: Options): string {
  const rows = Object.entries(options).map(([key, one]) => ({
    left: `--${flagName(key)}${one.placeholder === null ? '' : ` ${one.placeholder}`}`,
    right:
      one.help + (one.fallback === null ? '' : ` (default ${one.fallback})`) + (one.repeatable ? ' (repeatable)' : ''),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}${right}`).join('\n');
}
