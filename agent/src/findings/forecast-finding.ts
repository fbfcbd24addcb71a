import { type FindingOf, type Resource } from '../contract.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Scene, type Speaker, type Told } from './finding.ts';
import { type Course, type Spender } from './forecast.ts';
import { placeOf } from './homes.ts';
import { hostNamespaceOf } from './host-namespace.ts';
import { countDescriptors, lookAtUse } from './resource-steps.ts';
import * as steps from './steps.ts';
import { type MachineResource } from './trends.ts';
import { clockText, countText, instant, placeText, timeText } from './words.ts';

interface Words {
  readonly name: string;
  readonly isUsed: string;
}

const WORDS: Readonly<Record<Resource, Words>> = {
  'file-descriptors': { name: 'file descriptors', isUsed: 'open' },
  'file-handles': { name: 'file handles', isUsed: 'open' },
  'ephemeral-ports': { name: 'local ports', isUsed: 'in use' },
  processes: { name: 'process numbers', isUsed: 'in use' },
};

const MINUTE_MS = 60_000;
const SOON_MS = 60 * MINUTE_MS;

/** Of what all processes share. */
export function machineForecast(
  resource: MachineResource,
  course: Course,
  { snapshot, now }: Scene,
): FindingOf<'forecast'> {
  const speaks: Speaker = { program: snapshot.host.name, unit: null, scope: 'system' };
  const told = {
    ...sayings(resource, course, speaks, now),
    details: detailsOf(resource, course, null),
    evidence: evidenceOf(resource, course, speaks.program),
    service: null,
    place: null,
    holders: [],
    steps: lookAtUse(resource),
  };
  const program = { programKey: 'machine', networkNamespace: hostNamespaceOf(snapshot), isHostNamespace: true };
  return findingOf(told, { snapshot, program });
}

/** Of the descriptors of one process. */
export function processForecast(
  { holder, listener, course }: Spender,
  { snapshot, now }: Scene,
): FindingOf<'forecast'> {
  const { networkNamespace, isHostNamespace } = listener;
  const place = placeOf(listener);
  const program = { programKey: holder.programKey, networkNamespace, isHostNamespace };
  const seat = seatOf(program, holder);
  const unit = steps.stoppableUnit(holder, allHolders(snapshot.listeners));
  const told = {
    ...sayings('file-descriptors', course, holder, now),
    details: detailsOf('file-descriptors', course, holder.pid),
    evidence: [
      ...evidenceOf('file-descriptors', course, `${holder.program} (pid ${holder.pid})`),
      `Pid ${holder.pid} started ${timeText(holder.startedAt)} and listens on ${placeText(place)}.`,
    ],
    service: listener.service,
    place,
    holders: [holder],
    steps: [
      ...countDescriptors(holder.pid),
      ...(unit === null
        ? []
        : [{ ...steps.restart(unit, place.port, seat), title: 'Restart the service to gain time' }]),
    ],
  };
  return findingOf(told, { snapshot, program });
}

type Sayings = Pick<
  Told<'forecast'>,
  'kind' | 'label' | 'severity' | 'speaks' | 'resource' | 'since' | 'title' | 'subtitle' | 'sentence' | 'why' | 'causes'
>;

function sayings(resource: Resource, course: Course, speaks: Speaker, now: number): Sayings {
  const { last, first, rises, limit, exhaustedAt } = course;
  const { name, isUsed } = WORDS[resource];
  const when = `at about ${clockText(exhaustedAt)}`;
  const pace = paceOf(course);
  return {
    kind: 'forecast',
    label: 'Forecast',
    severity: exhaustedAt - now < SOON_MS ? 'critical' : 'warning',
    speaks,
    resource,
    since: rises * MINUTE_MS,
    title: `${speaks.program} runs out of ${name} ${when}`,
    subtitle: subtitleOf(
      'Forecast',
      speaks,
      `${countText(last.used)} of ${countText(limit)} ${isUsed}, +${pace} a minute`,
    ),
    sentence: `${name.charAt(0).toUpperCase()}${name.slice(1)} end ${when} at this pace.`,
    why: `${countText(last.used)} of ${countText(limit)} ${name} are ${isUsed}, ${pace} more each minute for ${last.minute - first.minute + 1} min: at this pace none is left at ${timeText(exhaustedAt)}.`,
    causes: [],
  };
}

/** Half a descriptor a minute is no small thing in a day. */
function paceOf({ slope: { perMinute } }: Course): string {
  return perMinute < 9.95 ? perMinute.toFixed(1) : countText(Math.round(perMinute));
}

function detailsOf(resource: Resource, { last, limit, slope, exhaustedAt }: Course, pid: number | null) {
  const perMinute = Math.round(slope.perMinute * 1000) / 1000;
  return { resource, used: last.used, limit, perMinute, exhaustedAt: instant(Math.round(exhaustedAt)), pid };
}

function evidenceOf(resource: Resource, course: Course, who: string): readonly string[] {
  const { first, last, limit, slope, dayBefore } = course;
  const { name, isUsed } = WORDS[resource];
  const at = (minute: number) => timeText(minute * MINUTE_MS);
  return [
    `${who}: ${countText(last.used)} of ${countText(limit)} ${name} ${isUsed} at ${at(last.minute)}, ${countText(first.used)} at ${at(first.minute)}.`,
    `Over ${last.minute - first.minute + 1} min that is +${paceOf(course)} a minute, along a straight line (R² ${slope.fit.toFixed(2)}, medians of each minute).`,
    dayBefore === null
      ? 'How many it was in the same hour of the day before is not known.'
      : `In the same hour of the day before it was ${countText(dayBefore)} at most.`,
  ];
}
