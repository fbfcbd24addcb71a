/** Something wrong with a value; `path` leads down to it from where the rule was applied: `.port`, `[3].holders[0]`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Says what is wrong with a value; null, without any allocation, when nothing is. */
export type Rule = (value: unknown) => readonly Fault[] | null;

/** Faults reported at most; a hostile body must not make the answer large. */
export const MAX_FAULTS = 50;

export function refuse(expected: string, value: unknown): readonly Fault[] {
  return [{ path: '', message: `expected ${expected}, got ${describe(value)}` }];
}

/** What came, short and safe to print. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? typeof value : clip(text, 60);
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}

export function text(max: number, min = 0): Rule {
  return (value) => {
    if (typeof value === 'string' && value.length >= min && value.length <= max) return null;
    return refuse(`text of ${min} to ${max} characters`, value);
  };
}

export function matching(pattern: RegExp, expected: string): Rule {
  return (value) =>
    typeof value === 'string' && value.length <= 4_096 && pattern.test(value) ? null : refuse(expected, value);
}

export function integer(min: number, max: number): Rule {
  return (value) => {
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return null;
    return refuse(`a whole number from ${min} to ${max}`, value);
  };
}

/** A count of anything. */
export const count: Rule = integer(0, Number.MAX_SAFE_INTEGER);

export function decimal(min: number, max: number): Rule {
  return (value) =>
    typeof value === 'number' && value >= min && value <= max ? null : refuse(`a number from ${min} to ${max}`, value);
}

export const flag: Rule = (value) => (typeof value === 'boolean' ? null : refuse('true or false', value));

export function oneOf(choices: readonly string[]): Rule {
  const known: ReadonlySet<unknown> = new Set(choices);
  return (value) => (known.has(value) ? null : refuse(`one of ${choices.join(', ')}`, value));
}

export function exactly(expected: string | number): Rule {
  return (value) => (value === expected ? null : refuse(JSON.stringify(expected), value));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const instant: Rule = (value) => {
  if (typeof value === 'string' && value.length === 24 && INSTANT.test(value) && !Number.isNaN(Date.parse(value)))
    return null;
  return refuse('a time as 2026-11-23T15:17:05.123Z', value);
};

export function orNull(rule: Rule): Rule {
  return (value) => (value === null ? null : rule(value));
}

/** For keys that may be absent. */
export function optional(rule: Rule): Rule {
  return (value) => (value === undefined ? null : rule(value));
}

export function listOf(rule: Rule, max: number): Rule {
  return (value) => {
    if (!Array.isArray(value) || value.length > max) return refuse(`a list of at most ${max}`, value);
    let faults: Fault[] | null = null;
    for (let index = 0; index < value.length; index += 1) {
      const found = rule(value[index]);
      if (found) faults = append(faults, `[${index}]`, found);
      if (faults && faults.length >= MAX_FAULTS) return faults;
    }
    return faults;
  };
}

/** A rule for every key of T: a field without one does not compile. */
export type RulesOf<T> = { readonly [K in keyof Required<T>]: Rule };

/** An object with these keys and no others. */
export function record<T>(rules: RulesOf<T>): Rule {
  const members = Object.entries<Rule>(rules).map(([name, rule]) => ({ name, rule }));
  const names = Object.keys(rules);
  return (value) => {
    if (!isPlainObject(value)) return refuse('an object', value);
    let faults: Fault[] | null = null;
    let present = 0;
    for (const { name, rule } of members) {
      const isOwn = Object.hasOwn(value, name);
      if (isOwn) present += 1;
      const found = rule(isOwn ? value[name] : undefined);
      if (found) faults = append(faults, `.${name}`, found);
    }
    if (Object.keys(value).length === present) return faults;
    return append(faults, '', unknownKeys(value, names));
  };
}

/** Text by free keys. */
export function dictionary(key: RegExp, rule: Rule, max: number): Rule {
  return (value) => {
    if (!isPlainObject(value)) return refuse('an object', value);
    const names = Object.keys(value);
    if (names.length > max) return refuse(`at most ${max} keys`, names);
    const faults = names.flatMap((name) => entryFaults(name, key.test(name) ? rule(value[name]) : unknownKey(name)));
    return faults.length > 0 ? faults : null;
  };
}

function entryFaults(name: string, faults: readonly Fault[] | null): readonly Fault[] {
  return (faults ?? []).map(({ path, message }) => ({ path: `[${JSON.stringify(clip(name, 60))}]${path}`, message }));
}

function unknownKey(name: string): readonly Fault[] {
  return [{ path: '', message: `name ${describe(name)} is not allowed here` }];
}

export function unknownKeys(value: Readonly<Record<string, unknown>>, known: readonly string[]): readonly Fault[] {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  return unknown.slice(0, MAX_FAULTS).map((name) => ({ path: '', message: `unknown key ${describe(name)}` }));
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function append(faults: Fault[] | null, step: string, found: readonly Fault[]): Fault[] {
  const all = faults ?? [];
  for (const { path, message } of found) all.push({ path: `${step}${path}`, message });
  return all;
}

/** Any JSON, few levels deep and of few parts: what is kept is walked by recursion later. */
export function shallow(maxDepth: number, maxParts: number): Rule {
  return (value) => {
    const open: { readonly part: unknown; readonly depth: number }[] = [{ part: value, depth: 0 }];
    let parts = 0;
    for (let next = open.pop(); next; next = open.pop()) {
      parts += 1;
      if (next.depth > maxDepth || parts + open.length > maxParts)
        return refuse(`at most ${maxDepth} levels and ${maxParts} parts`, value);
      if (typeof next.part !== 'object' || next.part === null) continue;
      const { depth } = next;
      for (const part of Object.values(next.part).slice(0, maxParts)) open.push({ part, depth: depth + 1 });
    }
    return isPlainObject(value) ? null : refuse('an object', value);
  };
}
