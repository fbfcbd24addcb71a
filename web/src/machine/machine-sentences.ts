import type { HostRow, Snapshot } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { toMs } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';
import { isExposed } from './port-rows.ts';

/** Plain facts under the machine's name; nothing is judged. */
export function portsSentence({ listeners }: Pick<Snapshot, 'listeners'>, isPast: boolean): string {
  const exposed = listeners.filter(isExposed).length;
  const unknown = listeners.filter((listener) => listener.holders.length === 0).length;
  const parts = [
    counted(listeners.length, 'open port'),
    exposed === 0
      ? 'none on a public address or every interface'
      : `${count(exposed)} on a public address or every interface`,
    unknown === 0 ? 'every holder known' : `${count(unknown)} without a known holder`,
  ];
  return isPast ? `Had ${parts.join(', ')}.` : `${parts.join(', ')}.`;
}

/** `CentOS 8 · kernel 4.18.0 · up 41 d` */
export function systemFacts({ host }: Pick<Snapshot, 'host'>, machineNow: number): string {
  const facts = [
    host.os,
    host.kernelVersion === null ? null : `kernel ${host.kernelVersion}`,
    host.bootedAt === null ? null : `up ${duration(machineNow - toMs(host.bootedAt))}`,
  ];
  const known = facts.filter((fact) => fact !== null);
  return known.length === 0 ? 'system unknown' : visibleText(known.join(' · '));
}

/** `10.20.4.117 and 2 more` */
export function addressFacts(addresses: HostRow['addresses']): string {
  const [first, ...more] = addresses;
  if (first === undefined) return 'no address told';
  return visibleText(first) + (more.length === 0 ? '' : ` and ${more.length} more`);
}
