import type { HostMap, HostState, SummaryView } from '@portlight/server/views';
import { count } from '../format/count.ts';

/** The machines of one group, in the order in which they are drawn. */
interface MapGroup {
  readonly name: string;
  readonly hosts: readonly MapHost[];
  /** `2 silent, 1 stopped`; empty when all report. */
  readonly trouble: string;
}

export interface MapHost {
  readonly name: string;
  readonly state: HostState;
}

export const STATE_WORDS: Readonly<Record<HostState, string>> = {
  reporting: 'reporting',
  silent: 'silent',
  left: 'stopped',
};

export function mapGroups({
  groups,
  names,
  group,
  states,
}: Pick<HostMap, 'groups' | 'names' | 'group' | 'states'>): readonly MapGroup[] {
  const hosts: MapHost[][] = groups.map(() => []);
  names.forEach((name, index) => hosts[group[index] ?? -1]?.push({ name, state: stateOf(states[index]) }));
  return groups
    .map((name, index) => ({ name, hosts: hosts[index] ?? [], trouble: troubleOf(hosts[index] ?? []) }))
    .filter((each) => each.hosts.length > 0);
}

/** Whether a machine came, went or fell silent since the map was drawn. */
export function isOutdated({ states }: Pick<HostMap, 'states'>, machines: SummaryView['machines']): boolean {
  const numberOf = (letter: string) => states.split(letter).length - 1;
  return states.length !== machines.total || numberOf('s') !== machines.silent || numberOf('l') !== machines.left;
}

/** Side of a cell with its gap in px, so that large fleets fit. */
export function cellPitch(machines: number): number {
  if (machines <= 2000) return 11;
  return machines <= 10_000 ? 7 : 5;
}

/** SVG path of all cells in one state: a whole group is a handful of elements, whatever its size. */
export function cellsPath(hosts: readonly MapHost[], state: HostState, columns: number, pitch: number): string {
  const inset = state === 'reporting' ? pitch * 0.2 : 0.5;
  const side = pitch - 1 - 2 * inset;
  return hosts.map((host, index) => (host.state === state ? square(index, columns, pitch, inset, side) : '')).join('');
}

/** Which machine lies under a point; null between the last cell and the edge. */
export function hostAt(
  hosts: readonly MapHost[],
  x: number,
  y: number,
  columns: number,
  pitch: number,
): MapHost | null {
  const column = Math.floor(x / pitch);
  if (column < 0 || column >= columns || y < 0) return null;
  return hosts[Math.floor(y / pitch) * columns + column] ?? null;
}

function square(index: number, columns: number, pitch: number, inset: number, side: number): string {
  const x = (index % columns) * pitch + inset;
  const y = Math.floor(index / columns) * pitch + inset;
  return `M${x} ${y}h${side}v${side}h${-side}z`;
}

function stateOf(letter: string | undefined): HostState {
  if (letter === 's') return 'silent';
  return letter === 'l' ? 'left' : 'reporting';
}

function troubleOf(hosts: readonly MapHost[]): string {
  return (['silent', 'left'] as const)
    .map((state) => ({ state, number: hosts.filter((host) => host.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${count(number)} ${STATE_WORDS[state]}`)
    .join(', ');
}
