import { type Holder } from '../contract.ts';
import { BATCH_MS } from './programs.ts';
import { isManagersUnit } from './steps.ts';

/** USER_HZ is 100 on x64 and arm64. */
const TICK_MS = 10;

/** Started by pm2, supervisord or the like, which start programs of all kinds. */
export function isManaged({ unit }: Pick<Holder, 'unit'>): boolean {
  return unit !== null && isManagersUnit(unit);
}

/** To be a child of this parent says nothing: it takes orphans in, or starts programs of all kinds. */
function hasAnyParent(holder: Holder): boolean {
  const { parentPid, scope, ancestors } = holder;
  if (parentPid === null || parentPid <= 1) return true;
  // The parent of its parent is pid 1: that is the service manager of a login, or what started a container.
  const isDirect = ancestors.length <= 1 && (scope === 'user' || scope === 'container');
  return isDirect || isManaged(holder);
}

/** Children of one living parent that were started together. */
export function areSiblings(one: Holder, other: Holder): boolean {
  if (one.parentPid !== other.parentPid || hasAnyParent(one) || hasAnyParent(other)) return false;
  return (
    one.startTicks === null ||
    other.startTicks === null ||
    Math.abs(one.startTicks - other.startTicks) * TICK_MS <= BATCH_MS
  );
}
