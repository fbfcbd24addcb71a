import type { SummaryView } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';

/** More silent machines than this make every other count doubtful, so they come first. */
const MANY_SILENT = 0.05;

/** What is known of the fleet, in one sentence. `pastAt` is a time of day when live updates stopped, else null. */
export function fleetHeadline(summary: Pick<SummaryView, 'machines' | 'listeners'>, pastAt: string | null): string {
  const { total, silent } = summary.machines;
  if (silent > total * MANY_SILENT) return silentHeadline(silent, total, pastAt);
  const reporting = counted(summary.machines.reporting, 'machine');
  const ports = counted(summary.listeners.total, 'open port');
  if (pastAt !== null) return `${reporting} reported ${ports} at ${pastAt}.`;
  return `${reporting} ${summary.machines.reporting === 1 ? 'reports' : 'report'} ${ports}.`;
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
