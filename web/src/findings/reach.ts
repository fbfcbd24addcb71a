import type { FindingGroupView } from '@portlight/server/views';
import { count } from '../format/count.ts';
import { visibleText } from '../format/visible-text.ts';

/** How far a trouble reaches, for one row. */
interface Reach {
  readonly affected: string;
  /** `of 240 web-eu`, `of 400 in 3 groups` */
  readonly of: string;
  /** Percent. */
  readonly share: number;
}

export function reachOf({ machines, radius }: Pick<FindingGroupView, 'machines' | 'radius'>): Reach {
  const all = radius.reduce((sum, { machines: number }) => sum + number, 0);
  const [first, ...others] = radius;
  const where = others.length === 0 ? visibleText(first?.group ?? '') : `in ${count(radius.length)} groups`;
  return { affected: count(machines), of: `of ${count(all)} ${where}`, share: all === 0 ? 0 : (100 * machines) / all };
}
