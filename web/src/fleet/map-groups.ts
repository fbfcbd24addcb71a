import type { HostMap, MapState, SummaryView } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';
import { MAP_LOOKS, MAP_STATES_IN_ORDER, shapePath } from './map-shapes.ts';

/** The machines of one group, in the order in which they are drawn. */
interface MapGroup {
  readonly name: string;
  readonly hosts: readonly MapHost[];
  /** `31 off port, 1 silent`; empty when all report and nothing was found. */
  readonly trouble: string;
  readonly tone: 'critical' | 'warning' | 'quiet';
}

export interface MapHost {
  readonly name: string;
  readonly state: MapState;
}

export function mapGroups({
  groups,
  names,
  group,
  states,
}: Pick<HostMap, 'groups' | 'names' | 'group' | 'states'>): readonly MapGroup[] {
  const hosts: MapHost[][] = groups.map(() => []);
  names.forEach((name, index) => hosts[group[index] ?? -1]?.push({ name, state: stateOf(states[index]) }));
  return groups
    .map((name, index) => ({ name, hosts: hosts[index] ?? [] }))
    .filter((each) => each.hosts.length > 0)
    .map((each) => ({ ...each, trouble: troubleOf(each.hosts), tone: toneOf(each.hosts) }));
}

/** Whether a machine came, went or fell silent since the map was drawn; findings are told by the stream. */
export function isOutdated({ states }: Pick<HostMap, 'states'>, machines: SummaryView['machines']): boolean {
  const numberOf = (letter: MapState) => states.split(letter).length - 1;
  return states.length !== machines.total || numberOf('s') !== machines.silent || numberOf('l') !== machines.left;
}

/** The marks that are on the map, with how many machines have each. */
export function legendOf(states: string): readonly { readonly state: MapState; readonly text: string }[] {
  return MAP_STATES_IN_ORDER.map((state) => ({ state, number: states.split(state).length - 1 }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => ({ state, text: `${capital(MAP_LOOKS[state].words)} ${count(number)}` }));
}

/** Side of a cell with its gap in px, so that large fleets fit. */
export function cellPitch(machines: number): number {
  if (machines <= 2000) return 11;
  return machines <= 10_000 ? 7 : 5;
}

/** SVG path of all cells in one state: a whole group is a handful of elements, whatever its size. */
export function cellsPath(hosts: readonly MapHost[], state: MapState, columns: number, pitch: number): string {
  const { shape } = MAP_LOOKS[state];
  return hosts
    .map((host, index) => {
      if (host.state !== state) return '';
      const { x, y } = cellAt(index, columns, pitch);
      return shapePath(shape, x, y, pitch - 1);
    })
    .join('');
}

/** Where a cell begins. */
export function cellAt(index: number, columns: number, pitch: number): { readonly x: number; readonly y: number } {
  return { x: (index % columns) * pitch, y: Math.floor(index / columns) * pitch };
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

function stateOf(letter: string | undefined): MapState {
  return MAP_STATES_IN_ORDER.find((state) => state === letter) ?? '.';
}

type Matter = readonly [letters: string, words: (number: number) => string];

/** What findings a group's machines have, said of the letters together that are one matter to a reader. */
const FINDINGS: readonly Matter[] = [
  ['du', (number) => `${count(number)} off port`],
  ['m', (number) => `${count(number)} with a port missing`],
  ['q', (number) => `${count(number)} not answering`],
  ['h', (number) => counted(number, 'stale holder')],
  ['y', (number) => `${count(number)} cycling`],
  ['e', (number) => `${count(number)} exposed`],
  ['cwn', (number) => `${count(number)} with findings`],
];
const AWAY: readonly Matter[] = [
  ['s', (number) => `${count(number)} silent`],
  ['l', (number) => `${count(number)} stopped`],
];
/** Beside a group's name there is room for no more. */
const MOST_MATTERS = 2;

function troubleOf(hosts: readonly MapHost[]): string {
  const numberOf = (letters: string) => hosts.filter(({ state }) => letters.includes(state)).length;
  const inWords = (matters: readonly Matter[]) =>
    matters.flatMap(([letters, words]) => (numberOf(letters) > 0 ? [words(numberOf(letters))] : []));
  const found = FINDINGS.filter(([letters]) => numberOf(letters) > 0);
  const isLong = found.length > MOST_MATTERS + 1;
  const [told, others] = [found.slice(0, isLong ? MOST_MATTERS : undefined), isLong ? found.slice(MOST_MATTERS) : []];
  const rest = others.reduce((sum, [letters]) => sum + numberOf(letters), 0);
  return [...inWords(told), ...(rest > 0 ? [`${count(rest)} with other findings`] : []), ...inWords(AWAY)].join(', ');
}

function toneOf(hosts: readonly MapHost[]): MapGroup['tone'] {
  if (hosts.some(({ state }) => 'dumqhc'.includes(state))) return 'critical';
  return hosts.some(({ state }) => 'yew'.includes(state)) ? 'warning' : 'quiet';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
