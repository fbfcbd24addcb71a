import type { SummaryView } from '@portlight/server/views';
import { count } from '../format/count.ts';

interface Count {
  readonly term: string;
  readonly value: string;
  readonly detail: string;
}

/** Counts with what they are made of. */
export function fleetCounts({ machines, listeners }: Pick<SummaryView, 'machines' | 'listeners'>): readonly Count[] {
  const { any, public: publicly, private: privately, loopback } = listeners.byExposure;
  return [
    {
      term: 'Machines',
      value: `${count(machines.reporting)} of ${count(machines.total)} reporting`,
      detail: `${count(machines.silent)} silent, ${count(machines.left)} stopped`,
    },
    {
      term: 'Open ports',
      value: count(listeners.total),
      detail: `${count(listeners.tcp)} TCP, ${count(listeners.udp)} UDP`,
    },
    {
      term: 'Exposed',
      value: count(any + publicly),
      detail: `${count(any)} on every interface, ${count(publicly)} on public addresses`,
    },
    {
      term: 'Not exposed',
      value: count(loopback + privately),
      detail: `${count(loopback)} on loopback, ${count(privately)} on private addresses`,
    },
    {
      term: 'Holder unknown',
      value: count(listeners.unattributed),
      detail: listeners.unattributed === 0 ? 'every port has a known process' : 'each machine’s page says why',
    },
  ];
}
