import { type Instant } from '../contract.ts';

/** Unix time, as metrics tell it; null stays unknown. */
export function seconds(at: Instant | null): number | null {
  const ms = at === null ? NaN : Date.parse(at);
  return Number.isNaN(ms) ? null : ms / 1000;
}
