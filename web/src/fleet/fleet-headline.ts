import type { FindingGroupView, FindingKind, SummaryView } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';
import { visibleText } from '../format/visible-text.ts';

/** A stretch of a headline, with its colour. */
export interface HeadlinePart {
  readonly text: string;
  readonly tone?: 'critical' | 'warning' | 'ok';
}

type Counts = Pick<SummaryView, 'machines' | 'findings' | 'troubles' | 'offPort' | 'notAnswering'>;

/** More silent machines than this make every other count doubtful, so they come first. */
const MANY_SILENT = 0.05;
/** Programs known to answer browsers; what else is off its port is a service. */
const WEB_SERVERS: ReadonlySet<string> = new Set(
  'node bun deno nginx apache2 httpd lighttpd caddy gunicorn uvicorn hypercorn puma unicorn'.split(' '),
);

/**
 * What is wrong in the fleet, in one sentence; of several the first that applies. `pastAt` is a time of day when live
 * updates stopped, else null. Machines that do not report are never said to be well.
 */
export function fleetHeadline(counts: Counts, pastAt: string | null): readonly HeadlinePart[] {
  const { total, silent, reporting } = counts.machines;
  const isPast = pastAt !== null;
  const end = isPast ? ` at ${pastAt}.` : '.';
  if (silent > total * MANY_SILENT) return silentHeadline(silent, total, isPast, end);
  if (counts.offPort.machines > 0) return offPortHeadline(counts, pastAt);
  if (counts.notAnswering.machines > 0) return notAnsweringHeadline(counts, pastAt);
  if (counts.troubles > 0) return otherHeadline(counts, isPast, end);
  if (reporting === 0) return [{ text: `No machine ${isPast ? 'reported' : 'reports'}${end}` }];
  return clearHeadline(reporting, total, isPast, end);
}

/** The trouble the headline is about, so that what stands below it speaks of the same; `groups` are worst first. */
export function headlineGroup(
  { offPort, notAnswering }: Pick<Counts, 'offPort' | 'notAnswering'>,
  groups: readonly FindingGroupView[],
): FindingGroupView | null {
  const firstOf = (...kinds: readonly FindingKind[]) => groups.find(({ kind }) => kinds.includes(kind));
  const told =
    (offPort.machines > 0 ? firstOf('drift', 'ladder') : undefined) ??
    (notAnswering.machines > 0 ? firstOf('wedged') : undefined);
  return told ?? groups[0] ?? null;
}

function silentHeadline(silent: number, total: number, isPast: boolean, end: string): readonly HeadlinePart[] {
  const verb = silent === 1 ? pick(isPast, 'was', 'is') : pick(isPast, 'were', 'are');
  return [
    { text: `${count(silent)} of ${counted(total, 'machine')}`, tone: 'warning' },
    { text: ` ${verb} silent${end} Findings may be incomplete.` },
  ];
}

function offPortHeadline({ machines, offPort }: Counts, pastAt: string | null): readonly HeadlinePart[] {
  const server = offPort.programs.every((program) => WEB_SERVERS.has(program)) ? 'web server' : 'service';
  const verb = offPort.machines === 1 ? 'has' : 'have';
  return [
    { text: `${count(offPort.machines)} of ${counted(machines.total, 'machine')}`, tone: 'critical' },
    {
      text:
        pastAt === null
          ? ` ${verb} a ${server} off its port, ${whereOf(offPort)}.`
          : ` had a ${server} off its port at ${pastAt}.`,
    },
  ];
}

function notAnsweringHeadline({ machines, notAnswering }: Counts, pastAt: string | null): readonly HeadlinePart[] {
  const isOne = notAnswering.machines === 1;
  const [hold, answer] = isOne ? ['holds its port', 'does not answer'] : ['hold their port', 'do not answer'];
  return [
    { text: `${count(notAnswering.machines)} of ${counted(machines.total, 'machine')}`, tone: 'critical' },
    {
      text:
        pastAt === null
          ? ` ${hold} but ${answer}, ${whereOf(notAnswering)}.`
          : ` held ${isOne ? 'its' : 'their'} port but did not answer at ${pastAt}.`,
    },
  ];
}

function whereOf({ groups, groupsOmitted }: SummaryView['notAnswering']): string {
  const [first = '', second = ''] = groups.map(visibleText);
  const all = groups.length + groupsOmitted;
  if (all === 1) return `all in ${first}`;
  return all === 2 ? `in ${first} and ${second}` : `in ${count(all)} groups`;
}

function otherHeadline(
  { machines, troubles, findings }: Counts,
  isPast: boolean,
  end: string,
): readonly HeadlinePart[] {
  const who = machines.reporting === machines.total ? 'No server' : 'No server of a reporting machine';
  const verb = troubles === 1 ? pick(isPast, 'needed', 'needs') : pick(isPast, 'needed', 'need');
  return [
    { text: `${who} ${pick(isPast, 'was', 'is')} off its port. ` },
    { text: counted(troubles, 'other finding'), tone: findings.critical > 0 ? 'critical' : 'warning' },
    { text: ` ${verb} a look${end}` },
  ];
}

function clearHeadline(reporting: number, total: number, isPast: boolean, end: string): readonly HeadlinePart[] {
  const verb = (number: number) => (number === 1 ? pick(isPast, 'served', 'serves') : pick(isPast, 'served', 'serve'));
  const ports = (number: number) => `on ${number === 1 ? 'its' : 'their'} ports`;
  if (reporting < total) {
    const away = total - reporting;
    const not = away === 1 ? pick(isPast, 'did', 'does') : pick(isPast, 'did', 'do');
    return [
      {
        text: `${count(reporting)} of ${counted(total, 'machine')} ${verb(reporting)} ${ports(reporting)}; ${count(away)} ${not} not report${end}`,
      },
    ];
  }
  const all = total === 1 ? 'The only machine' : `All ${count(total)} machines`;
  return [{ text: `${all} ${verb(total)} ${ports(total)}${end}`, tone: 'ok' }];
}

function pick(isPast: boolean, past: string, present: string): string {
  return isPast ? past : present;
}

/** Which machines do not report; empty when all do. */
export function awaySentence({ machines }: Pick<SummaryView, 'machines'>): string {
  const away = [
    machines.silent > 0 ? `${counted(machines.silent, 'machine')} silent` : '',
    machines.left > 0 ? `${counted(machines.left, 'machine')} stopped` : '',
  ].filter((part) => part !== '');
  return away.length === 0 ? '' : `${away.join(', ')}: what is shown of them is from their last report.`;
}

/** `2 off port`, `3 not answering`, `1 finding`, `Fleet`: for the page's title. */
export function fleetTitle(counts: Counts | null): string {
  if (counts === null) return 'Fleet';
  const { offPort, notAnswering, troubles } = counts;
  if (offPort.machines > 0) return `${count(offPort.machines)} off port`;
  if (notAnswering.machines > 0) return `${count(notAnswering.machines)} not answering`;
  if (troubles === 0) return 'Fleet';
  return counted(troubles, 'finding');
}
