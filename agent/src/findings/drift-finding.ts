import { type FindingCause, type FindingOf, type Step } from '../contract.ts';
import { type Drift } from './drift.ts';
import { allHolders, findingOf, seatOf, staleCauses, subtitleOf, type Around } from './finding.ts';
import { holderEvidence } from './holder-evidence.ts';
import { placeOf } from './homes.ts';
import { type LeftBehind } from './left-behind.ts';
import * as steps from './steps.ts';
import { notListening } from './users-text.ts';
import { holderText, homeText, instant, placeText, shortPlaces, timeText } from './words.ts';

export function driftFinding(drift: Drift, left: readonly LeftBehind[], around: Around): FindingOf<'drift'> {
  const { home, newest, elsewhere } = drift;
  const { service, address, port, source, support } = home;
  const { holder } = newest;
  const current = placeOf(elsewhere.listener);
  const [expected, now] = shortPlaces(home, current);
  return findingOf(
    {
      kind: 'drift',
      label: 'Drift',
      severity: 'critical',
      service,
      place: home,
      speaks: holder,
      holders: [...left.map((one) => one.holder), holder],
      since: elsewhere.since,
      title: `${holder.program} is on ${now}, should be on ${expected}`,
      subtitle: subtitleOf('Drift', holder, whoIsThere(drift, left)),
      sentence: `${holder.program} is off its port: expected ${expected}, now on ${now}.`,
      why: whyOff(drift, left),
      details: { home: { address, port, source, support }, current: [current] },
      causes: [...staleCauses(left), ...wrongHolders(drift, left)],
      evidence: evidenceOf(drift, left, around),
      steps: stepsOf(drift, left, around),
    },
    around,
  );
}

/** It was told its port, and a stranger has it. Of a declared home the rule for wrong holders tells. */
function wrongHolders(
  { home, inTheWay, newest, elsewhere }: Drift,
  left: readonly LeftBehind[],
): readonly FindingCause[] {
  const known = new Set(left.map(({ listener }) => listener.inode));
  const [wrong] = inTheWay
    .filter(({ inode }) => !known.has(inode))
    .flatMap(({ holders }) => holders)
    .filter(({ programKey, pid }) => programKey !== newest.holder.programKey && pid !== 1);
  if (home.source !== 'told' || wrong === undefined) return [];
  return [{ kind: 'wrong-holder', port: home.port, pid: wrong.pid, since: instant(elsewhere.since) }];
}

function whoIsThere({ home, inTheWay }: Drift, left: readonly LeftBehind[]): string {
  const [first] = left;
  const [other] = inTheWay;
  if (first?.cause === 'inherited') return `${first.holder.program} still holds ${placeText(home)}, inherited`;
  if (first !== undefined) return `old process still holds ${placeText(home)}`;
  return other === undefined ? `no listener holds ${placeText(home)}` : `${holderText(other)} holds ${placeText(home)}`;
}

function whyOff(drift: Drift, left: readonly LeftBehind[]): string {
  const { home, newest, elsewhere, inTheWay } = drift;
  const [first] = left;
  const place = placeText(home);
  const moved = `the process started at ${timeText(newest.startedAt)} (pid ${newest.holder.pid}) listens on ${placeText(elsewhere.listener)}`;
  if (first !== undefined) {
    const { holder } = first;
    const old = first.cause === 'inherited' ? holder.program : 'An old process';
    return `${old} (pid ${holder.pid}, started ${timeText(holder.startedAt)}) still holds ${place}, so ${moved}.`;
  }
  const [other] = inTheWay;
  if (other !== undefined) return `${holderText(other)} holds ${place}; ${moved}.`;
  return `${place} is not held by any listener; ${moved}.`;
}

function evidenceOf(drift: Drift, left: readonly LeftBehind[], around: Around): readonly string[] {
  const { home, newest, elsewhere, inTheWay } = drift;
  const { holder } = newest;
  const known = new Set(left.map(({ listener }) => listener.inode));
  return [
    homeText(holder.program, home, home.service),
    `${holder.program} (pid ${holder.pid}), started ${timeText(newest.startedAt)}, listens on ${placeText(elsewhere.listener)} since ${timeText(elsewhere.since)}.`,
    ...left.flatMap((one) => holderEvidence(one, holder)),
    ...inTheWay
      .filter(({ inode }) => !known.has(inode))
      .map((listener) => `${placeText(listener)} is held by ${holderText(listener)}.`),
    ...(inTheWay.length === 0 ? notHeld(drift, around) : []),
  ];
}

function notHeld({ home }: Drift, { usersOf, facts }: Around): readonly string[] {
  return notListening(home, usersOf(home.port), facts);
}

function stepsOf(drift: Drift, left: readonly LeftBehind[], around: Around): readonly Step[] {
  const { home, newest, elsewhere, inTheWay } = drift;
  const { holder } = newest;
  const seat = seatOf(around.program, holder);
  const unit = steps.stoppableUnit(holder, allHolders(around.snapshot.listeners));
  const sure = left.filter(({ isCertain }) => isCertain);
  const unsure = inTheWay
    .filter((listener) => sure.every((one) => one.listener.inode !== listener.inode))
    .flatMap(({ holders }) => holders.slice(0, 1).map(({ pid }) => pid));
  const own = { holder, listener: elsewhere.listener };
  return [
    inTheWay.length > 0
      ? steps.lookAt(
          [home.port, elsewhere.listener.port],
          seat,
          `${home.port} and ${elsewhere.listener.port}, held by different processes`,
        )
      : steps.lookForUsers(home.port, seat),
    ...(unit === null ? [] : [steps.stop(unit)]),
    ...(unsure.length === 0 ? [] : [steps.describe(unsure)]),
    ...(sure.length === 0 ? [] : [steps.end('End the old process', sure, seat)]),
    ...(unit === null ? [steps.end('End the new one, which is on the wrong port', [own], seat)] : []),
    unit === null ? steps.confirm(home.port, seat) : steps.start(unit, home.port, seat),
    ...(unit === null ? [] : [steps.findOut(unit)]),
  ];
}
