import type { MapCell } from '../store/store.ts';
import type { FindingKind, HostMap, HostState, MapState, Severity, Stamped } from '../views.ts';
import { hostState, type SilentBefore } from './host-row.ts';

const STATE_LETTERS: Readonly<Record<HostState, MapState>> = { reporting: '.', silent: 's', left: 'l' };
const KIND_LETTERS: Readonly<Partial<Record<FindingKind, MapState>>> = {
  ladder: 'u',
  drift: 'd',
  missing: 'm',
  wedged: 'q',
  'stale-holder': 'h',
  cycling: 'y',
  exposed: 'e',
};
const SEVERITY_LETTERS: Readonly<Record<Severity, MapState>> = { critical: 'c', warning: 'w', notice: 'n' };

/** Cells come by group, then name. */
export function toHostMap(cells: readonly MapCell[], silentBefore: SilentBefore, stamped: Stamped): HostMap {
  const groups = [...new Set(cells.map(({ group }) => group))];
  const indices = new Map(groups.map((group, index) => [group, index]));
  return {
    groups,
    names: cells.map(({ name }) => name),
    group: cells.map(({ group }) => indices.get(group) ?? 0),
    states: cells.map((cell) => letterOf(cell, silentBefore)).join(''),
    ...stamped,
  };
}

/** What a machine that does not report once found may be long gone, so its silence comes first. */
function letterOf(cell: MapCell, silentBefore: SilentBefore): MapState {
  const state = hostState(cell.hasLeft, cell.heardAt, silentBefore);
  const { worstSeverity, worstKind } = cell;
  if (state !== 'reporting' || worstSeverity === null || worstKind === null) return STATE_LETTERS[state];
  return KIND_LETTERS[worstKind] ?? SEVERITY_LETTERS[worstSeverity];
}
