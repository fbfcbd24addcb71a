import { type FindingCause, type FindingOf, type Home, type LadderDetails, type Step } from '../contract.ts';
import { type Drift } from './drift.ts';
import { allHolders, findingOf, seatOf, staleCauses, subtitleOf, type Around } from './finding.ts';
import { holderEvidence } from './holder-evidence.ts';
import { placeOf } from './homes.ts';
import { type Ladder, type Rung } from './ladder.ts';
import { type LeftBehind } from './left-behind.ts';
import { median } from './median.ts';
import * as steps from './steps.ts';
import { homeText, instant, paceText, placeText, timeText } from './words.ts';

/** @param drift of the same program, which the ladder stands for; null when the lowest rung is all that tells of a home */
export function ladderFinding(
  ladder: Ladder,
  drift: Drift | null,
  left: readonly LeftBehind[],
  around: Around,
): FindingOf<'ladder'> {
  const { newest, rungs, isTold } = ladder;
  const home = homeOf(ladder, drift);
  const details = detailsOf(ladder, home);
  const { holder } = newest;
  const top = details.ports.at(-1) ?? home.port;
  const pace =
    details.paceSeconds === null ? `${rungs.length} ports` : `a new port every ${paceText(details.paceSeconds)}`;
  return findingOf(
    {
      kind: 'ladder',
      label: 'Ladder',
      severity: holder.scope === 'session' || isServing(ladder) ? 'warning' : 'critical',
      service: drift?.home.service ?? null,
      place: home,
      speaks: holder,
      holders: [...left.map((one) => one.holder), holder],
      since: sinceOf(ladder),
      title: `${holder.program} climbs from ${home.port} up to ${top}`,
      subtitle: subtitleOf('Ladder', holder, isTold ? `${pace}, told by its starter` : pace),
      sentence: `${holder.program} is off its port: expected ${home.port}, newest is on ${top} and climbing.`,
      why: whyItClimbs(ladder, left, home),
      details,
      causes: [...(isTold ? [toldCause(ladder)] : []), ...staleCauses(left)],
      evidence: evidenceOf(ladder, left, home, drift),
      steps: stepsOf(ladder, left, home, around),
    },
    around,
  );
}

/** Clients find every one of them, wherever it is: somebody tells them where. */
function isServing({ rungs, newest }: Ladder): boolean {
  return rungs.every(({ stay }) => stay.endedAt === null && (stay.connectedAt ?? -Infinity) >= newest.startedAt);
}

function homeOf({ rungs, newest, isTold }: Ladder, drift: Drift | null): Home {
  if (drift !== null) {
    const { address, port, source, support } = drift.home;
    return { address, port, source, support };
  }
  const lowest = rungs[0]?.stay.listener ?? newest.stays[0]?.listener;
  const place = lowest === undefined ? { address: '127.0.0.1', port: 0 } : placeOf(lowest);
  return { ...place, source: isTold ? 'told' : 'here', support: null };
}

const MOST_RUNGS = 100;

function detailsOf({ rungs }: Ladder, home: Home): LadderDetails {
  const ports = rungs.map(({ stay }) => stay.listener.port);
  const starts = rungs.map(({ startedAt }) => startedAt);
  const paceMs = median(starts.slice(1).map((startedAt, at) => startedAt - (starts[at] ?? startedAt)));
  const [last = home.port, before = last - 1] = ports.toReversed();
  const lasting = rungs.filter(({ stay }) => stay.endedAt === null);
  return {
    home,
    ports: ports.slice(-MOST_RUNGS),
    pids: lasting.slice(-MOST_RUNGS).map(({ stay }) => stay.holder.pid),
    paceSeconds: paceMs > 0 ? Math.round(paceMs / 1000) : null,
    nextPort: Math.min(last + (last - before), 65_535),
    nextAt: paceMs > 0 ? instant((starts.at(-1) ?? 0) + paceMs) : null,
  };
}

/** When the second rung was taken: until then all was well. */
function sinceOf({ rungs }: Ladder): number {
  return rungs[1]?.stay.since ?? 0;
}

function toldCause(ladder: Ladder): FindingCause {
  return { kind: 'ladder', cause: 'told-by-starter', port: null, pid: null, since: instant(sinceOf(ladder)) };
}

function whyItClimbs({ rungs }: Ladder, left: readonly LeftBehind[], home: Home): string {
  const lowest = left.find(({ listener }) => listener.port === home.port);
  const held = left.length + 1;
  const [first, last] = [rungs[0], rungs.at(-1)].map((rung) => rung?.stay.listener.port ?? home.port);
  const climb = `Since ${timeText(rungs[1]?.stay.since ?? null)} each start took the next port`;
  const now = left.length === 0 ? 'the earlier ones are gone' : `${held} processes now hold ports ${first} to ${last}`;
  if (lowest === undefined) return `${climb}; ${now}.`;
  const { holder } = lowest;
  return `An old process (pid ${holder.pid}) has held ${placeText(home)} since ${timeText(holder.startedAt)}. ${climb}; ${now}.`;
}

/** Of a high ladder the lowest and the newest rungs tell enough. */
const SHOWN_RUNGS = 8;

function evidenceOf(
  { rungs, newest, isTold }: Ladder,
  left: readonly LeftBehind[],
  home: Home,
  drift: Drift | null,
): readonly string[] {
  const { holder } = newest;
  const [lowest] = left;
  return [
    homeText(holder.program, home, drift?.home.service ?? null),
    ...(isTold
      ? [
          `The starter told each process its port: ${rungs
            .map(({ stay }) => stay.listener.port)
            .slice(-SHOWN_RUNGS)
            .join(', ')}.`,
        ]
      : []),
    ...(lowest === undefined ? [] : holderEvidence(lowest, holder)),
    ...rungs.slice(1).slice(-SHOWN_RUNGS).map(rungText),
  ];
}

function rungText({ stay, startedAt }: Rung): string {
  const { holder, listener, endedAt } = stay;
  const end = endedAt === null ? '' : `, gone since ${timeText(endedAt)}`;
  return `Pid ${holder.pid}, started ${timeText(startedAt)}, took ${placeText(listener)}${end}.`;
}

function stepsOf({ newest, rungs }: Ladder, left: readonly LeftBehind[], home: Home, around: Around): readonly Step[] {
  const { holder } = newest;
  const seat = seatOf(around.program, holder);
  const unit = steps.stoppableUnit(holder, allHolders(around.snapshot.listeners));
  const top = rungs.at(-1)?.stay.listener ?? newest.stays[0]?.listener;
  const own = top === undefined ? [] : [{ holder, listener: top }];
  const sure = left.filter(({ isCertain }) => isCertain);
  const ended = [...sure, ...own];
  return [
    unit === null
      ? steps.lookAt(
          ended.map(({ listener }) => listener.port),
          seat,
          `${ended.length} lines`,
        )
      : { ...steps.stop(unit), title: 'Stop the climb' },
    ...(sure.length === 0 ? [] : [steps.describe(ended.map((one) => one.holder.pid))]),
    ...(ended.length === 0 ? [] : [steps.end('End them', ended, seat)]),
    unit === null ? steps.confirm(home.port, seat) : steps.start(unit, home.port, seat),
    ...(unit === null ? [] : [steps.findOut(unit)]),
  ];
}
