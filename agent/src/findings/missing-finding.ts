import { type FindingOf, type Severity, type Step } from '../contract.ts';
import { findingOf, subtitleOf, type Scene, type Speaker, type Subject } from './finding.ts';
import { hostNamespaceOf } from './host-namespace.ts';
import { heldSeconds } from './learned-homes.ts';
import { vacancies, type Vacancy } from './missing.ts';
import * as steps from './steps.ts';
import { notListening } from './users-text.ts';
import { heldText, placeText, timeText } from './words.ts';

/** One for each service: homes of one program that are empty together are one trouble. */
export function missingHomes(scene: Scene): readonly FindingOf<'missing'>[] {
  const groups = Map.groupBy(vacancies(scene), ({ expectation, last, home }) =>
    expectation === null
      ? JSON.stringify([last?.programKey, last?.service, home.source === 'fleet'])
      : `service ${expectation.name}`,
  );
  return [...groups.values()].flatMap((group) => missingFindings(group, scene));
}

/** Of an agent that was started anew the first look is too early to tell, but not to see that it is still so. */
function missingFindings(group: readonly Vacancy[], scene: Scene): readonly FindingOf<'missing'>[] {
  const long = group.filter(({ isLong }) => isLong);
  const told = (long.length > 0 ? long : group).toSorted((a, b) => a.home.port - b.home.port);
  const findings = told.slice(0, 1).map((first) => missingFinding(first, told, scene));
  return long.length > 0 ? findings : findings.filter(({ id }) => scene.open.has(id));
}

const MOST_PLACES = 100;
const EVERYWHERE = { namespacePid: null };

function missingFinding(first: Vacancy, all: readonly Vacancy[], scene: Scene): FindingOf<'missing'> {
  const { home, expectation, heldUntil, since } = first;
  const speaks = speakerOf(first);
  const who = speaks.unit ?? speaks.program;
  const ports = all.map((one) => one.home.port);
  const severity: Severity = home.source === 'here' ? 'warning' : 'critical';
  return findingOf(
    {
      kind: 'missing',
      label: 'Missing',
      severity,
      service: expectation?.name ?? null,
      place: home,
      speaks,
      holders: [],
      since: heldUntil ?? since,
      title: `Nothing listens on ${portsText(ports)}`,
      subtitle: subtitleOf('Missing', { ...speaks, unit: null }, heldWords(first, who)),
      sentence: `Nothing listens on ${portsText(ports)}; ${who} should.`,
      why: whyMissing(first, who),
      details: {
        home,
        heldUntil: heldUntil === null ? null : new Date(heldUntil).toISOString(),
        missing: all.slice(0, MOST_PLACES).map((one) => ({ address: one.home.address, port: one.home.port })),
      },
      causes: [],
      evidence: [...all.slice(0, MOST_SHOWN).map(homeEvidence), ...usersEvidence(first, scene)],
      steps: stepsOf(first),
    },
    { snapshot: scene.snapshot, program: subjectOf(first, scene) },
  );
}

const MOST_SHOWN = 8;

function portsText(ports: readonly number[]): string {
  const [first = 0, ...others] = ports;
  return others.length === 0 ? String(first) : `${first} and ${others.length} more`;
}

/** A declared service is the same one whether it was ever seen here or not. */
function subjectOf({ expectation, last }: Vacancy, { snapshot }: Scene): Subject {
  const programKey = expectation === null ? (last?.programKey ?? 'unknown') : `service ${expectation.name}`;
  return { programKey, networkNamespace: hostNamespaceOf(snapshot), isHostNamespace: true };
}

function speakerOf({ expectation, last }: Vacancy): Speaker {
  const program = last?.program ?? expectation?.name ?? 'unknown';
  return { program, unit: expectation?.unit ?? last?.unit ?? null, scope: 'system' };
}

function heldWords({ last, heldUntil, expectation, home }: Vacancy, who: string): string {
  if (last !== null && heldUntil !== null)
    return `${who} held it for ${heldText(heldSeconds(last))} until ${timeText(heldUntil)}`;
  if (heldUntil !== null) return `held until ${timeText(heldUntil)}`;
  return expectation === null ? `home of ${who}` : `declared ${placeText(home)}, not seen since the agent started`;
}

function whyMissing({ home, heldUntil, expectation, last }: Vacancy, who: string): string {
  const place = placeText(home);
  const end = heldUntil === null ? 'and nobody did since the agent started' : `and it ended at ${timeText(heldUntil)}`;
  if (expectation !== null) return `${expectation.name} is declared to be on ${place}, where nobody listens, ${end}.`;
  const ground = home.source === 'fleet' ? `on other machines ${home.support ?? ''} hold it` : (home.support ?? '');
  return `${last?.program ?? who} belongs on ${place} (${ground}), where nobody listens, ${end}.`;
}

function homeEvidence({ home, expectation, last, heldUntil }: Vacancy): string {
  const place = placeText(home);
  const ended = heldUntil === null ? '' : `, last seen held at ${timeText(heldUntil)}`;
  if (expectation !== null)
    return `Declared: ${expectation.name} belongs on ${expectation.places.map(placeText).join(' or ')}${ended}.`;
  const name = last?.program ?? 'its program';
  return home.source === 'fleet'
    ? `${name} is on ${place} on other machines: ${home.support ?? 'most of them'}${ended}.`
    : `${name} belongs on ${place}: ${home.support ?? 'held before'}${ended}.`;
}

function usersEvidence({ home }: Vacancy, { usersOf, snapshot }: Scene): readonly string[] {
  return notListening(home, usersOf(home.port), snapshot.kernel);
}

function stepsOf(vacancy: Vacancy): readonly Step[] {
  const { port } = vacancy.home;
  const unit = steps.quoted(speakerOf(vacancy).unit);
  return unit === null
    ? [steps.lookForUsers(port, EVERYWHERE), steps.confirm(port, EVERYWHERE)]
    : [steps.status(unit), steps.journal(unit), steps.start(unit, port, EVERYWHERE)];
}
