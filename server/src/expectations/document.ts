import { LABEL_NAME, type Expectation, type Place } from '@portlight/agent/contract';
import { parsePlace, parseServiceName, SELECTORS } from '@portlight/agent/expectation';
import { compareText } from '../compare-text.ts';
import {
  dictionary,
  exactly,
  listOf,
  optional,
  record,
  refuse,
  text,
  type Fault,
  type Rule,
} from '../validation/rule.ts';
import { refusedBody } from '../validation/validate.ts';
import type { ExpectationsDocument, ServiceDeclaration } from '../views.ts';

const MAX_SERVICES = 1_000;
/** Each machine's part of it goes to that machine. */
const MAX_CHARACTERS = 1024 * 1024;

export const NOTHING_EXPECTED: ExpectationsDocument = { format: 1, services: [] };

type Parsed = ReturnType<typeof parseServiceName>;

/** As the agent reads it; `max` because it reads what was typed on a command line. */
function parsed(parse: (text: string) => Parsed | ReturnType<typeof parsePlace>, max: number): Rule {
  return (value) => {
    if (typeof value !== 'string' || value.length > max) return refuse(`text of at most ${max} characters`, value);
    const read = parse(value);
    return read.kind === 'value' ? null : refuse(read.expected, value);
  };
}

/** At least one, as none would not mean all. */
function someOf(rule: Rule, max: number): Rule {
  const list = listOf(rule, max);
  return (value) => (Array.isArray(value) && value.length === 0 ? refuse(`1 to ${max} of them`, value) : list(value));
}

const service = record<ServiceDeclaration>({
  name: parsed(parseServiceName, 63),
  places: someOf(parsed(parsePlace, 64), 32),
  unit: optional(parsed(SELECTORS.unit, 255)),
  exe: optional(parsed(SELECTORS.exe, 4_096)),
  user: optional(parsed(SELECTORS.user, 256)),
  hosts: optional(someOf(text(256, 1), 1_000)),
  labels: optional(dictionary(LABEL_NAME, text(256), 32)),
});

const document = record<ExpectationsDocument>({ format: exactly(1), services: listOf(service, MAX_SERVICES) });

/** A document that keeps every rule, in the one form it is kept in. Refuses with every fault. */
export function parseDocument(body: unknown): ExpectationsDocument {
  const faults = document(body) ?? repeatedNames(body as ExpectationsDocument) ?? tooLong(body as ExpectationsDocument);
  if (faults) throw refusedBody(faults, 'correct each of them and send the whole document again; nothing was stored');
  return canonical(body as ExpectationsDocument);
}

function repeatedNames({ services }: ExpectationsDocument): readonly Fault[] | null {
  const first = new Map<string, number>();
  const faults = services.flatMap(({ name }, index): readonly Fault[] => {
    const known = first.get(name);
    if (known === undefined) first.set(name, index);
    if (known === undefined) return [];
    const message = `expected each name once, got ${JSON.stringify(name)} as [${known}] has it; one service may have several places`;
    return [{ path: `.services[${index}].name`, message }];
  });
  return faults.length > 0 ? faults : null;
}

function tooLong(body: ExpectationsDocument): readonly Fault[] | null {
  const { length } = JSON.stringify(body);
  return length <= MAX_CHARACTERS ? null : [{ path: '', message: `expected at most ${MAX_CHARACTERS} characters` }];
}

/** The same services always give the same text, whatever order they were written in: fit for git. */
export function canonical({ services }: ExpectationsDocument): ExpectationsDocument {
  return { format: 1, services: services.map(canonicalService).toSorted((a, b) => compareText(a.name, b.name)) };
}

function canonicalService(declared: ServiceDeclaration): ServiceDeclaration {
  const { unit, exe, user } = expectationOf(declared);
  const { name, places, hosts, labels } = declared;
  return {
    name,
    places: [...new Set(places.flatMap(placesOf).map(placeText))],
    ...(unit === null ? {} : { unit }),
    ...(exe === null ? {} : { exe }),
    ...(user === null ? {} : { user }),
    ...(hosts === undefined ? {} : { hosts: [...new Set(hosts)] }),
    ...(labels === undefined ? {} : { labels: sortedLabels(labels) }),
  };
}

function sortedLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => compareText(a, b)));
}

/** As people write it: `127.0.0.1:3000`, `[::1]:3000`. */
export function placeText({ address, port }: Place): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What the agent judges by: without what says which machines it is for. */
export function expectationOf({ name, places, unit, exe, user }: ServiceDeclaration): Expectation {
  return {
    name,
    places: places.flatMap(placesOf),
    unit: unit === undefined ? null : valueOf(SELECTORS.unit(unit)),
    exe: exe ?? null,
    user: user ?? null,
  };
}

function placesOf(text: string): readonly Place[] {
  const read = parsePlace(text);
  return read.kind === 'value' ? [read.value] : [];
}

function valueOf(read: Parsed): string | null {
  return read.kind === 'value' ? read.value : null;
}
