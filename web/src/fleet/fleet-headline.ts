import type { SummaryView } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';

/** More silent machines than this make every other count doubtful, so they come first. */
const MANY_SILENT = 0.05;

/** What is known of the fleet, in one sentence. `pastAt` is a time of day when live updates stopped, else null. */
export function fleetHeadline(
  { machines, listeners }: Pick<SummaryView, 'machines' | 'listeners'>,
  pastAt: string | null,
): string {
  const { total, silent, reporting } = machines;
  const when = pastAt === null ? '' : ` at ${pastAt}`;
  if (silent > total * MANY_SILENT) return silentHeadline(silent, total, pastAt);
  if (reporting === 0) return `No machine ${pastAt === null ? 'reports' : 'reported'}${when}.`;
  const verb = reportVerb(reporting, pastAt);
  const ports = counted(listeners.total, 'open port');
  if (reporting === total) return `${counted(total, 'machine')} ${verb} ${ports}${when}.`;
  return `${count(reporting)} of ${counted(total, 'machine')} ${verb}${when}; ${ports} known.`;
}

function reportVerb(reporting: number, pastAt: string | null): string {
  if (pastAt !== null) return 'reported';
  return reporting === 1 ? 'reports' : 'report';
}

/** What the headline leaves out: machines that do not report. */
export function fleetSecondLine({ machines, listeners }: Pick<SummaryView, 'machines' | 'listeners'>): string {
  const away = [
    machines.silent > 0 ? `${counted(machines.silent, 'machine')} silent` : '',
    machines.left > 0 ? `${counted(machines.left, 'machine')} stopped` : '',
  ].filter((part) => part !== '');
  const protocols = `${count(listeners.tcp)} TCP and ${count(listeners.udp)} UDP.`;
  return away.length === 0 ? protocols : `${protocols} ${away.join(', ')}; their ports are from their last report.`;
}

function silentHeadline(silent: number, total: number, pastAt: string | null): string {
  const verb = pastAt === null ? 'is' : 'was';
  const verbs = pastAt === null ? 'are' : 'were';
  const when = pastAt === null ? '' : ` at ${pastAt}`;
  return `${count(silent)} of ${counted(total, 'machine')} ${silent === 1 ? verb : verbs} silent${when}. What is shown may be incomplete.`;
}
