import type { ExpectationsDocument, ServiceDeclaration } from '@portlight/server/views';

/** Names of services. */
interface DocumentChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The document alone, also of what has more to it. */
export function documentOf({ services }: Pick<ExpectationsDocument, 'services'>): ExpectationsDocument {
  return { format: 1, services };
}

/** With that service in the place of the one called `instead`, or as one more where that is null. */
export function withService(
  { services }: Pick<ExpectationsDocument, 'services'>,
  service: ServiceDeclaration,
  instead: string | null,
): ExpectationsDocument {
  const isKnown = services.some(({ name }) => name === instead);
  const kept = services.map((each) => (each.name === instead ? service : each));
  return { format: 1, services: isKnown ? kept : [...kept, service] };
}

export function withoutService(
  { services }: Pick<ExpectationsDocument, 'services'>,
  gone: string,
): ExpectationsDocument {
  return { format: 1, services: services.filter(({ name }) => name !== gone) };
}

export function changesBetween(
  before: Pick<ExpectationsDocument, 'services'>,
  after: Pick<ExpectationsDocument, 'services'>,
): DocumentChanges {
  const [old, now] = [byName(before.services), byName(after.services)];
  return {
    added: [...now.keys()].filter((name) => !old.has(name)),
    changed: [...now].filter(([name, text]) => old.has(name) && old.get(name) !== text).map(([name]) => name),
    removed: [...old.keys()].filter((name) => !now.has(name)),
  };
}

/** What was changed from `before` to `after`, done to what others have stored meanwhile; where both changed a service, `after` stands. */
export function rebased(
  before: Pick<ExpectationsDocument, 'services'>,
  after: Pick<ExpectationsDocument, 'services'>,
  latest: Pick<ExpectationsDocument, 'services'>,
): ExpectationsDocument {
  const { added, changed, removed } = changesBetween(before, after);
  const mine = after.services.filter(({ name }) => added.includes(name) || changed.includes(name));
  const kept = latest.services.filter(({ name }) => !removed.includes(name));
  return mine.reduce(
    (document, service) => withService(document, service, service.name),
    documentOf({ services: kept }),
  );
}

/** `Adds web and db. Removes cache.` */
export function changesSentence({ added, changed, removed }: DocumentChanges): string {
  const parts = [
    ['Adds', added],
    ['Changes', changed],
    ['Removes', removed],
  ] as const;
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([verb, names]) => `${verb} ${namesOf(names)}.`)
    .join(' ');
}

const FEW = 3;

function namesOf(names: readonly string[]): string {
  if (names.length > FEW) return `${names.slice(0, FEW - 1).join(', ')} and ${names.length - FEW + 1} more`;
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Each as a text that is the same for the same declaration, however its keys are ordered. */
function byName(services: readonly ServiceDeclaration[]): ReadonlyMap<string, string> {
  return new Map(services.map((service) => [service.name, JSON.stringify(sorted(service))]));
}

function sorted({ labels, ...rest }: ServiceDeclaration): unknown {
  const inOrder = (entries: readonly (readonly [string, unknown])[]) =>
    entries.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [inOrder(Object.entries(rest)), inOrder(Object.entries(labels ?? {}))];
}
