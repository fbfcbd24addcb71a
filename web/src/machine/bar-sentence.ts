import { duration } from '../format/duration.ts';
import type { Bar } from './timeline-bars.ts';

/** A bar in words, for its tooltip and for screen readers; `say` writes a moment in the reader's zone. */
export function barSentence(
  bar: Bar,
  knownFromMs: number,
  knownToMs: number,
  say: (ms: number) => string,
  zone: string,
): string {
  const holder = bar.pid === null ? 'holder unknown' : `${bar.program ?? 'unknown program'}, pid ${bar.pid}`;
  const from =
    bar.startMs === null ? `open since before ${say(knownFromMs)} ${zone}` : `from ${say(bar.startMs)} ${zone}`;
  const left = bar.chargeUntilMs === null ? '' : `, left behind at ${say(bar.chargeUntilMs)}`;
  return `${holder}, on ${bar.addresses.join(' and ')}, ${from}${left}, ${ending(bar, knownToMs, say)}`;
}

function ending({ startMs, endMs }: Bar, knownToMs: number, say: (ms: number) => string): string {
  if (endMs !== null) return `closed ${say(endMs)}${startMs === null ? '' : ` after ${duration(endMs - startMs)}`}`;
  return startMs === null ? 'still open' : `still open after ${duration(knownToMs - startMs)}`;
}
