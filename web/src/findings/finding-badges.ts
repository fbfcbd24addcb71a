import type { Finding, FindingKind } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { toMs } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';

type Cause = Finding['causes'][number];

/** What explains a finding, once for each kind. */
interface CauseBadge {
  readonly kind: FindingKind;
  /** `Wedged`, `3 stale holders` */
  readonly text: string;
  /** `pid 18231 on 3000, pid 20114 on 3001` */
  readonly detail: string;
}

/** Of one, and of several. */
const CAUSE_WORDS: Readonly<Record<FindingKind, readonly [one: string, several: string]>> = {
  drift: ['Drift', 'drifts'],
  ladder: ['Ladder', 'ladders'],
  'stale-holder': ['Stale holder', 'stale holders'],
  wedged: ['Wedged', 'wedged ports'],
  cycling: ['Cycling', 'cycling programs'],
  missing: ['Missing', 'missing ports'],
  'wrong-holder': ['Wrong holder', 'wrong holders'],
  'shared-port': ['Shared port', 'shared ports'],
  exposed: ['Exposed', 'exposed ports'],
  leak: ['Leak', 'leaks'],
  'outdated-executable': ['Outdated executable', 'outdated executables'],
  forecast: ['Forecast', 'forecasts'],
};
/** A ladder may leave a hundred behind. */
const MOST_DETAILS = 5;

export function causeBadges(causes: readonly Cause[]): readonly CauseBadge[] {
  return [...new Set(causes.map(({ kind }) => kind))].map((kind) => {
    const same = causes.filter((cause) => cause.kind === kind);
    const [one, several] = CAUSE_WORDS[kind];
    return { kind, text: same.length === 1 ? one : `${count(same.length)} ${several}`, detail: detailOf(same) };
  });
}

function detailOf(causes: readonly Cause[]): string {
  const places = causes.slice(0, MOST_DETAILS).map(placeOf);
  const more = causes.length - places.length;
  return [...places.filter((place) => place !== ''), ...(more > 0 ? [`${count(more)} more`] : [])].join(', ');
}

function placeOf({ pid, port }: Cause): string {
  if (pid === null) return port === null ? '' : `port ${port}`;
  return port === null ? `pid ${pid}` : `pid ${pid} on ${port}`;
}

/** `flapping · opened 4 times in 3 min` */
export function flappingText({ count: times, since }: NonNullable<Finding['flapping']>, untilMs: number): string {
  return `flapping · opened ${counted(times, 'time')} in ${duration(untilMs - toMs(since))}`;
}

/** The row's second line; where a badge says how often it opened, the agent's words for that are left out. */
export function subtitleText({ subtitle, flapping }: Pick<Finding, 'subtitle' | 'flapping'>): string {
  return visibleText(
    flapping === undefined ? subtitle : subtitle.replace(/ · flapping, opened \d+ times? since [^·]*$/, ''),
  );
}
