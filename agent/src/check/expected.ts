/** Whether a declared service is where it belongs. Pure. */
import { type Expectation, type Finding, type Listener, type Place, type Step } from '../contract.ts';
import { covers } from '../findings/bound.ts';
import { meetsSelectors } from '../findings/expectation.ts';
import { placeText } from '../findings/words.ts';
import { hasSelectors } from '../findings/expectation.ts';
import { printable } from '../proc/printable.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { newnessOf, type Reference } from './newer-than.ts';
import { offPlaceText } from './off-place.ts';
import { servingListeners } from './serving.ts';
import { blindness, troublesIn, type Sighting } from './sighting.ts';
import { lookSteps } from './steps.ts';
import { byWorst, type Status, type Verdict } from './verdict.ts';
import { factsText, holderText, servants, startedText } from './words.ts';

/** One reason for a verdict. */
interface Reason {
  readonly status: Status;
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly steps: readonly Step[];
}

export function expectedVerdict(expectation: Expectation, sighting: Sighting): Verdict {
  const subject = { kind: 'expect', subject: expectation.name } as const;
  if (!sighting.areTablesRead) {
    const sentence = `${expectation.name} cannot be looked for: the tables of sockets could not be read`;
    return { ...subject, status: 'UNKNOWN', sentence, evidence: blindness(sighting), steps: [] };
  }
  const served = expectation.places
    .map((place) => ({ place, listeners: servingListeners(sighting.snapshot.listeners, place) }))
    .filter(({ listeners }) => listeners.length > 0);
  if (served.length === 0) return { ...subject, ...missing(expectation, sighting) };
  const answers = served.map(({ place, listeners }) => servedAt(place, listeners, expectation, sighting));
  const [best = missing(expectation, sighting)] = answers.toSorted(byWorst).reverse();
  return { ...subject, ...best };
}

function missing(expectation: Expectation, sighting: Sighting): Reason {
  const { name, places } = expectation;
  const troubles = concerning(expectation, [], sighting);
  const [place] = places;
  const where = places.map(placeText).join(' or ');
  const text = place === undefined ? null : offPlaceText(place, troubles, sighting);
  return {
    status: 'CRITICAL',
    sentence: `${name} is not on ${where}: ${text ?? 'nothing listens there'}`,
    evidence: [`Nothing listens on ${where}.`, ...troubles.flatMap(({ evidence }) => evidence)],
    steps: troubles[0]?.steps ?? lookSteps(places, []),
  };
}

/** The worst that can be said of who serves there. */
function servedAt(place: Place, listeners: readonly Listener[], expectation: Expectation, sighting: Sighting): Reason {
  const troubles = concerning(expectation, listeners, sighting);
  const facts = listeners.flatMap(heldBy);
  const told = troubles.slice(0, 1).map((finding) => troubled(finding, place, listeners, expectation, sighting));
  const wrong = listeners.flatMap((listener) => wrongHolder(listener, place, expectation));
  const isDeclared = troubles[0]?.service === expectation.name;
  const reasons = [
    ...(isDeclared ? [...told, ...wrong] : [...wrong, ...told]),
    ...listeners.flatMap((listener) => oldHolder(listener, place, expectation, sighting.reference)),
  ];
  const [worst = serving(expectation, place, listeners)] = reasons.toSorted(byWorst);
  const evidence = [...facts, ...worst.evidence, ...troubles.slice(1).flatMap((finding) => finding.evidence)];
  return { ...worst, evidence: [...new Set(evidence)] };
}

function serving({ name }: Expectation, place: Place, listeners: readonly Listener[]): Reason {
  const sentence = `${name} is served on ${placeText(place)} by ${[...new Set(listeners.map(holderText))].join(' and ')}`;
  return { status: 'OK', sentence, evidence: [], steps: [] };
}

function heldBy(listener: Listener): readonly string[] {
  const held = servants(listener)
    .slice(0, 3)
    .map((holder) => `${placeText(listener)} is held by ${factsText(holder)}`);
  return held.length > 0 ? held : [`${placeText(listener)} is held by ${holderText(listener)}.`];
}

/** Some holder must be what was declared: in a prefork server the first may run as root and its workers not. */
function wrongHolder(listener: Listener, place: Place, expectation: Expectation): readonly Reason[] {
  const holders = servants(listener);
  if (!hasSelectors(expectation) || holders.some((holder) => meetsSelectors(holder, expectation))) return [];
  const isUnseen = expectation.exe !== null && holders.some(({ executable }) => executable === null);
  if (holders.length === 0 || isUnseen) return [unseen(listener, expectation, `be ${wantedText(expectation)}`)];
  const sentence = `${expectation.name} is not on ${placeText(place)}: ${holderText(listener)} holds it and is not ${wantedText(expectation)}`;
  const steps = lookSteps([place], holders);
  return [{ status: 'CRITICAL', sentence, evidence: [mismatch(listener, expectation)], steps }];
}

function wantedText({ unit, exe, user }: Expectation): string {
  const wanted = [unit === null ? null : `in ${unit}`, exe === null ? null : `running ${exe}`];
  return [...wanted, user === null ? null : `user ${user}`].filter((one) => one !== null).join(', ');
}

function mismatch(listener: Listener, { unit, exe, user }: Expectation): string {
  const [holder] = servants(listener);
  const pairs: readonly (readonly [string, string | null, string | null])[] = [
    ['unit', unit, holder?.unit ?? null],
    ['executable', exe, (exe?.includes('/') ? holder?.executable : holder?.program) ?? null],
    ['user', user, holder?.user ?? (holder?.uid == null ? null : String(holder.uid))],
  ];
  const differing = pairs.filter(([, wanted, found]) => wanted !== null && wanted !== found);
  return `Declared and found: ${differing.map(([what, wanted, found]) => `${what} ${wanted ?? ''}, found ${printable(found ?? 'none', 256)}`).join('; ')}.`;
}

function unseen(listener: Listener, { name }: Expectation, need: string): Reason {
  const place = placeText(listener);
  return {
    status: 'UNKNOWN',
    sentence: `${name} is served on ${place} by ${holderText(listener)}; whether it would ${need} cannot be seen`,
    evidence: ['Run it as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, to see every holder.'],
    steps: [],
  };
}

/** All holders must be newer: one that is older keeps the socket of the time before. */
function oldHolder(
  listener: Listener,
  place: Place,
  expectation: Expectation,
  reference: Reference | null,
): readonly Reason[] {
  if (reference === null) return [];
  const holders = servants(listener);
  if (holders.length === 0) return [unseen(listener, expectation, `be newer than ${referenceText(reference)}`)];
  return holders.flatMap((holder): Reason[] => {
    const newness = newnessOf(holder, reference);
    if (newness.kind === 'newer') return [];
    const by = `${expectation.name} is served on ${placeText(place)} by ${startedText(holder)}`;
    const steps = lookSteps([place], [holder]);
    return newness.kind === 'older'
      ? [{ status: 'CRITICAL', sentence: `${by}, which is ${olderText(holder.pid, reference)}`, evidence: [], steps }]
      : [{ status: 'UNKNOWN', sentence: `${by}; ${newness.why}`, evidence: [], steps: [] }];
  });
}

function referenceText(reference: Reference): string {
  return reference.kind === 'process' ? `pid ${reference.pid}` : reference.at.toISOString();
}

function olderText(pid: number, reference: Reference): string {
  const isItself = reference.kind === 'process' && reference.pid === pid;
  return isItself ? 'that very process' : `not newer than ${referenceText(reference)}`;
}

function troubled(
  finding: Finding,
  place: Place,
  listeners: readonly Listener[],
  expectation: Expectation,
  sighting: Sighting,
): Reason {
  const off = offPlaceText(place, [finding], sighting);
  const { sentence } = serving(expectation, place, listeners);
  return {
    status: finding.severity === 'critical' ? 'CRITICAL' : 'WARNING',
    sentence:
      off === null
        ? `${sentence}, but: ${finding.sentence}`
        : `${expectation.name} is not on ${placeText(place)}: ${off}`,
    evidence: [finding.why, ...finding.evidence].filter((line) => line !== ''),
    steps: finding.steps,
  };
}

/**
 * Trouble of this service, the worst first. Another program that wants its place is not its trouble, and that its process
 * left some other place is none: what is declared here outweighs what an agent has learned.
 */
function concerning(
  expectation: Expectation,
  listeners: readonly Listener[],
  { snapshot }: Sighting,
): readonly Finding[] {
  const holders = listeners.flatMap(servants);
  const keys = new Set(holders.map(holderKey));
  const programs = new Set(holders.map(({ programKey }) => programKey));
  const isOwn = (finding: Finding) =>
    programs.has(finding.programKey) || finding.causes.some(({ pid }) => holders.some((one) => one.pid === pid));
  return troublesIn(snapshot)
    .filter((finding) => {
      if (isOfDeclaration(finding)) return finding.service === expectation.name && finding.kind !== 'wrong-holder';
      if (finding.service === expectation.name) return true;
      if (!isMove(finding) && finding.holders.some((one) => keys.has(holderKey(one)))) return true;
      return expectation.places.some((place) => isAt(finding, place)) && (holders.length === 0 || isOwn(finding));
    })
    .toSorted((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'));
}

/** It says what is wrong with one declared service, and with no other on its port; who holds it is looked at here, too. */
function isOfDeclaration({ kind, service }: Finding): boolean {
  return service !== null && (kind === 'missing' || kind === 'wrong-holder' || kind === 'exposed');
}

/** It says that a process is not where it was. */
function isMove({ kind }: Finding): boolean {
  return kind === 'drift' || kind === 'ladder';
}

function isAt({ address, port, causes }: Finding, place: Place): boolean {
  const isHome = port === place.port && (address === null || covers({ address, dualStack: null }, place));
  return isHome || causes.some((cause) => cause.port === place.port);
}
