import { isDeepStrictEqual } from 'node:util';
import type { Finding, Holder, Place } from '@portlight/agent/contract';
import { parseServiceName, SELECTORS } from '@portlight/agent/expectation';
import { Refusal } from '../refusal.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { ExpectationPin, ExpectationsDocument, ServiceDeclaration } from '../views.ts';
import { canonical, expectationOf, placeText } from './document.ts';

/** A finding with the machine it is of. */
export interface PinnedFinding {
  readonly finding: Finding;
  readonly machine: JudgedMachine;
}

type Scope = Pick<ServiceDeclaration, 'hosts' | 'labels'>;
type Selectors = Pick<ServiceDeclaration, 'unit' | 'exe' | 'user'>;

/** The document in which the place where the finding's program is now is where it belongs. */
export function pinned(
  document: ExpectationsDocument,
  { scope, name }: Pick<ExpectationPin, 'scope' | 'name'>,
  { finding, machine }: PinnedFinding,
): ExpectationsDocument {
  const place = placeText(currentPlace(finding));
  const selectors = selectorsOf(finding, machine);
  const wanted = scopeOf(scope, machine);
  const { services } = document;
  const known =
    services.find((one) => one.name === (name ?? finding.service)) ??
    (name === undefined
      ? services.find((one) => isAt(one, finding) && hasSelectors(one, selectors) && isSameScope(one, wanted))
      : undefined);
  if (known) {
    const changed = { ...known, places: placesAfter(known, place, wanted) };
    return canonical({ format: 1, services: services.map((one) => (one === known ? changed : one)) });
  }
  const declared = { name: name ?? freeName(finding, services), places: [place], ...selectors, ...wanted };
  return canonical({ format: 1, services: [...services, declared] });
}

/** Where it is now, of the kinds of finding that tell of a program at a place other than expected. */
function currentPlace(finding: Finding): Place {
  switch (finding.kind) {
    case 'drift':
      return finding.details.current[0] ?? refuse(finding, 'it does not tell where the program is now');
    case 'ladder':
      return { address: finding.details.home.address, port: finding.details.ports.at(-1) ?? finding.details.home.port };
    case 'exposed':
      if (!('current' in finding.details)) return refuse(finding, 'it does not tell where the program is now');
      return finding.details.current;
    case 'missing':
      return refuse(finding, 'nothing listens, so there is no place to expect; remove the service if it is not wanted');
    case 'outdated-executable':
      return refuse(finding, 'its program is at its place; what is outdated is the executable');
    case 'stale-holder':
    case 'wedged':
    case 'cycling':
    case 'wrong-holder':
    case 'shared-port':
    case 'leak':
    case 'forecast':
      return refuse(finding, 'it is not about a program at another place than expected');
  }
}

function refuse({ label }: Finding, reason: string): never {
  throw new Refusal(422, 'not-to-be-pinned', `a finding of the kind ${label} cannot be pinned as expected: ${reason}`, {
    hint: 'pin a drift, a ladder or an exposed listener; anything else is declared by PUT /api/v1/expectations',
  });
}

/** The unit says most; without one the executable and its user do. */
function selectorsOf(finding: Finding, { processes }: JudgedMachine): Selectors {
  const holder = finding.holders.flatMap(({ pid, startTicks }) => holderOf(processes.get(pid), startTicks)).at(0);
  if (!holder) return {};
  const unit = serviceOf(holder);
  if (unit !== null) return { unit };
  // By its name: the path is another one after the next release.
  const exe = isParsed('exe', holder.program) && !holder.program.includes('/') ? { exe: holder.program } : {};
  return holder.user !== null && isParsed('user', holder.user) ? { ...exe, user: holder.user } : exe;
}

/** Another process may have the pid by now. */
function holderOf(holder: Holder | undefined, startTicks: number | null): readonly Holder[] {
  return holder?.startTicks === startTicks ? [holder] : [];
}

/** Transient units and logins have another name each time. */
function serviceOf({ unit, scope }: Holder): string | null {
  const isLasting = scope === 'system' && unit !== null && unit.endsWith('.service') && !unit.startsWith('run-');
  return isLasting && isParsed('unit', unit) ? unit : null;
}

function isParsed(selector: keyof typeof SELECTORS, text: string): boolean {
  return SELECTORS[selector](text).kind === 'value';
}

/** One unit may have several services: the one for the port it should be on is meant. */
function isAt(service: ServiceDeclaration, { port }: Finding): boolean {
  return expectationOf(service).places.some((place) => place.port === port);
}

function hasSelectors(service: ServiceDeclaration, { unit, exe, user }: Selectors): boolean {
  const isAny = unit === undefined && exe === undefined && user === undefined;
  return !isAny && service.unit === unit && service.exe === exe && service.user === user;
}

function scopeOf(scope: ExpectationPin['scope'], { host: { host } }: JudgedMachine): Scope {
  if (scope === 'fleet') return {};
  if (scope === 'host') return { hosts: [host.name] };
  // As the group is made: by the label, else by the name up to its first digit.
  if (host.labels.group !== undefined) return { labels: { group: host.labels.group } };
  const stem = host.name.replace(/\d.*$/s, '');
  return { hosts: [/[^-_.]/.test(stem) && stem !== host.name ? `${stem}*` : host.name] };
}

function isSameScope(service: Scope, { hosts, labels }: Scope): boolean {
  return isDeepStrictEqual([service.hosts, service.labels], [hosts, labels]);
}

/** For the machines it is for already the new place is the only one; for some of them it is one more that is right. */
function placesAfter(service: ServiceDeclaration, place: string, wanted: Scope): readonly string[] {
  return isSameScope(service, wanted) ? [place] : [...service.places, place];
}

function freeName({ unit, program }: Finding, services: readonly ServiceDeclaration[]): string {
  const taken = new Set(services.map(({ name }) => name));
  const [stem = 'service'] = [unit?.replace(/\.service$/, ''), program]
    .map((text) => (text ?? '').replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 58))
    .filter((text) => parseServiceName(text).kind === 'value');
  const names = [stem, ...Array.from({ length: services.length + 1 }, (_, index) => `${stem}-${index + 2}`)];
  return names.find((one) => !taken.has(one)) ?? stem;
}
