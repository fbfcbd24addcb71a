import type { FindingGroupView, SummaryView } from '@portlight/server/views';
import { ladderOf } from '../findings/finding-kinds.ts';
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

/** `groups` are the open ones, worst first. */
export function fleetFacts(
  groups: readonly FindingGroupView[],
  machines: SummaryView['machines'],
  nowMs: number,
  zone: Zone,
): readonly Fact[] {
  const [worst] = groups;
  return [spread(worst, machines), growth(groups, nowMs, zone), deadline(groups, nowMs, zone), doFirst(worst)];
}

function spread(worst: FindingGroupView | undefined, machines: SummaryView['machines']): Fact {
  const fact = { id: 'spread', term: 'How far', isCritical: false } as const;
  if (worst === undefined) {
    const detail = `of ${count(machines.reporting)} reporting`;
    return { ...fact, value: 'No machine', detail };
  }
  const all = worst.radius.reduce((sum, group) => sum + group.machines, 0);
  const [first, ...others] = worst.radius;
  const group = visibleText(first?.group ?? '');
  const detail =
    others.length === 0
      ? `of ${group}; no other group is known to have it`
      : worst.radius
          .slice(0, 3)
          .map((each) => `${count(each.affected)} of ${count(each.machines)} ${visibleText(each.group)}`)
          .join(', ');
  return { ...fact, value: `${count(worst.machines)} of ${counted(all, 'machine')}`, detail };
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

function deadline(groups: readonly FindingGroupView[], nowMs: number, zone: Zone): Fact {
  const fact = { id: 'deadline', term: 'Next deadline', isCritical: false } as const;
  const [next] = climbing(groups, nowMs);
  if (next === undefined) return { ...fact, value: 'None known', detail: '' };
  const at = (next.paceMs ?? Infinity) < 2 * 60_000 ? clockTime(next.atMs, zone) : hourMinute(next.atMs, zone);
  const host = next.group.hosts[0]?.name ?? '';
  return {
    ...fact,
    value: `${next.port} at about ${at}`,
    detail: visibleText(`${next.group.program} takes the next port${host === '' ? '' : ` on ${host}`}`),
  };
}

function doFirst(worst: FindingGroupView | undefined): Fact {
  const fact = { id: 'do', term: 'Do first', isCritical: false } as const;
  const step = worst?.steps.find(({ changes }) => changes) ?? worst?.steps[0];
  if (worst === undefined) return { ...fact, value: 'Nothing to do', detail: '' };
  if (step === undefined) return { ...fact, value: 'Look at the evidence', detail: '' };
  const host = worst.hosts[0]?.name;
  const where = host === undefined ? '' : `On ${visibleText(host)}; `;
  return {
    ...fact,
    value: visibleText(step.title),
    detail: `${where}${counted(worst.steps.length, 'step')} below`,
    isCritical: worst.severity === 'critical',
  };
}
