import type { MapCell } from '../store/store.ts';
import type { HostMap, HostState, Stamped } from '../views.ts';
import { hostState, type SilentBefore } from './host-row.ts';

const STATE_LETTERS: Readonly<Record<HostState, string>> = { reporting: '.', silent: 's', left: 'l' };

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
function letterOf({ hasLeft, lastSeenAt, worstSeverity }: MapCell, silentBefore: SilentBefore): string {
  const state = hostState(hasLeft, lastSeenAt, silentBefore);
  return state === 'reporting' && worstSeverity ? worstSeverity.charAt(0) : STATE_LETTERS[state];
}
