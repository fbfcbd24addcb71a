import type { FindingGroupView, SummaryView } from '@portlight/server/views';
import { forecastOf, ladderOf, type Forecast } from '../findings/finding-kinds.ts';
import { count, counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { clockTime, hourMinute, moment, toMs, type Zone } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';

/** One of the four questions a reader has first, with its answer. */
export interface Fact {
  readonly id: 'spread' | 'worse' | 'deadline' | 'do';
  readonly term: string;
  readonly value: string;
  readonly detail: string;
  readonly isCritical: boolean;
}

/** `told` is the trouble the headline is about, null without any; `groups` are all that are open. */
export function fleetFacts(
  told: FindingGroupView | null,
  groups: readonly FindingGroupView[],
  machines: SummaryView['machines'],
  nowMs: number,
  zone: Zone,
): readonly Fact[] {
  return [spread(told, machines), growth(groups, nowMs, zone), deadline(groups, nowMs, zone), doFirst(told)];
}

function spread(told: FindingGroupView | null, machines: SummaryView['machines']): Fact {
  const fact = { id: 'spread', term: 'How far', isCritical: false } as const;
  if (told === null) {
    const detail = `of ${count(machines.reporting)} reporting`;
    return { ...fact, value: 'No machine', detail };
  }
  const all = told.radius.reduce((sum, group) => sum + group.machines, 0);
  const [first, ...others] = told.radius;
  const group = visibleText(first?.group ?? '');
  const detail =
    others.length === 0
      ? `of ${group}; no other group is known to have it`
      : told.radius
          .slice(0, 3)
          .map((each) => `${count(each.affected)} of ${count(each.machines)} ${visibleText(each.group)}`)
          .join(', ');
  return { ...fact, value: `${count(told.machines)} of ${counted(all, 'machine')}`, detail };
}

const LATELY_MS = 15 * 60_000;

/** What is known now: machines that a trouble reached lately, and ladders that climb. */
function growth(groups: readonly FindingGroupView[], nowMs: number, zone: Zone): Fact {
  const fact = { id: 'worse', term: 'Getting worse?', isCritical: false } as const;
  const [pace] = climbing(groups, nowMs).flatMap(({ paceMs }) => (paceMs === null ? [] : [paceMs]));
  const climbs = pace === undefined ? '' : `a new port every ${duration(pace)}`;
  if (groups.length === 0) return { ...fact, value: 'No', detail: 'no finding is open' };
  const hosts = groups.flatMap((group) => group.hosts.filter(({ closedAt }) => closedAt === null));
  const newOnes = new Set(hosts.filter(({ since }) => nowMs - toMs(since) < LATELY_MS).map(({ id }) => id)).size;
  const more = groups.some(({ hostsOmitted }) => hostsOmitted > 0) ? ' or more' : '';
  if (newOnes > 0)
    return { ...fact, value: `Yes, +${count(newOnes)}${more} in 15 min`, detail: climbs, isCritical: true };
  if (climbs !== '') return { ...fact, value: `Yes, ${climbs}`, detail: '', isCritical: true };
  if (more !== '') return { ...fact, value: 'Not known', detail: 'more machines than are listed' };
  const newest = Math.max(...hosts.map(({ since }) => toMs(since)));
  return { ...fact, value: `No, steady since ${moment(newest, nowMs, zone)}`, detail: '' };
}

interface Climb {
  readonly group: FindingGroupView;
  readonly port: number;
  readonly atMs: number;
  readonly paceMs: number | null;
}

/** Ladders whose next rung is due or to come, the next one first; one that missed its time by a whole pace climbs no more. */
function climbing(groups: readonly FindingGroupView[], nowMs: number): readonly Climb[] {
  return groups
    .flatMap((group) => {
      const ladder = ladderOf(group);
      if (typeof ladder?.nextAt !== 'string') return [];
      const paceMs = ladder.paceSeconds === null ? null : ladder.paceSeconds * 1000;
      return [{ group, port: ladder.nextPort, atMs: toMs(ladder.nextAt), paceMs }];
    })
    .filter(({ atMs, paceMs }) => atMs + (paceMs ?? 0) > nowMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Something that will be so at a known time, if all goes on as it does. */
interface Deadline {
  readonly atMs: number;
  readonly value: string;
  readonly detail: string;
}

/** The next rung of a ladder, or the end of a resource, whichever comes first. */
function deadline(groups: readonly FindingGroupView[], nowMs: number, zone: Zone): Fact {
  const fact = { id: 'deadline', term: 'Next deadline', isCritical: false } as const;
  const [rung] = climbing(groups, nowMs).map((climb) => nextRung(climb, zone));
  const ends = groups.flatMap((group) => exhaustion(group, nowMs, zone) ?? []);
  const [next] = [...(rung === undefined ? [] : [rung]), ...ends].sort((a, b) => a.atMs - b.atMs);
  return next === undefined
    ? { ...fact, value: 'None known', detail: '' }
    : { ...fact, value: next.value, detail: visibleText(next.detail) };
}

function nextRung({ group, port, atMs, paceMs }: Climb, zone: Zone): Deadline {
  const at = (paceMs ?? Infinity) < 2 * 60_000 ? clockTime(atMs, zone) : hourMinute(atMs, zone);
  const host = group.hosts[0]?.name ?? '';
  const detail = `${group.program} takes the next port${host === '' ? '' : ` on ${host}`}`;
  return { atMs, value: `${port} at about ${at}`, detail };
}

const RESOURCE_WORDS: Readonly<Record<Forecast['resource'], string>> = {
  'file-descriptors': 'file descriptors',
  'file-handles': 'file handles',
  'ephemeral-ports': 'local ports',
  processes: 'processes',
};

function exhaustion(group: FindingGroupView, nowMs: number, zone: Zone): Deadline | null {
  const forecast = forecastOf(group);
  if (forecast === null) return null;
  const atMs = toMs(forecast.exhaustedAt);
  if (!(atMs > nowMs)) return null;
  const host = group.hosts[0]?.name ?? group.program;
  const who = forecast.pid === null ? host : `${group.program} on ${host}`;
  return {
    atMs,
    value: `${hourMinute(atMs, zone)}, in ${duration(atMs - nowMs)}`,
    detail: `${who} runs out of ${RESOURCE_WORDS[forecast.resource]}`,
  };
}

function doFirst(told: FindingGroupView | null): Fact {
  const fact = { id: 'do', term: 'Do first', isCritical: false } as const;
  const step = told?.steps.find(({ changes }) => changes) ?? told?.steps[0];
  if (told === null) return { ...fact, value: 'Nothing to do', detail: '' };
  if (step === undefined) return { ...fact, value: 'Look at the evidence', detail: '' };
  const host = told.hosts[0]?.name;
  const where = host === undefined ? '' : `On ${visibleText(host)}; `;
  return {
    ...fact,
    value: visibleText(step.title),
    detail: `${where}${counted(told.steps.length, 'step')} below`,
    isCritical: told.severity === 'critical',
  };
}
