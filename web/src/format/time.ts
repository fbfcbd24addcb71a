import type { Instant } from '@portlight/server/views';

/** In which zone times are shown; what is stored and linked is always UTC. */
export type Zone = 'utc' | 'local';

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly time: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

export function toMs(instant: Instant): number {
  return Date.parse(instant);
}

/** `02:41:09` */
export function clockTime(ms: number, zone: Zone): string {
  return partsOf(ms, zone).time;
}

/** `02:41` */
export function hourMinute(ms: number, zone: Zone): string {
  return clockTime(ms, zone).slice(0, 5);
}

/** `17 Nov` */
export function dayMonth(ms: number, zone: Zone): string {
  const { day, month } = partsOf(ms, zone);
  return `${day} ${MONTHS[month] ?? ''}`;
}

/** `02:41:09` today, else `17 Nov 02:11`, with the year when it is another one. */
export function moment(ms: number, now: number, zone: Zone): string {
  const at = partsOf(ms, zone);
  const today = partsOf(now, zone);
  if (at.year !== today.year) return `${dayMonth(ms, zone)} ${at.year} ${at.time.slice(0, 5)}`;
  if (at.month !== today.month || at.day !== today.day) return `${dayMonth(ms, zone)} ${at.time.slice(0, 5)}`;
  return at.time;
}

/** Difference of the zone to UTC at that moment, for scales that begin at midnight. */
export function zoneOffsetMs(ms: number, zone: Zone): number {
  return zone === 'utc' ? 0 : -new Date(ms).getTimezoneOffset() * 60_000;
}

export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : 'local';
}

function partsOf(ms: number, zone: Zone): Parts {
  const shifted = new Date(ms + zoneOffsetMs(ms, zone));
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    time: [shifted.getUTCHours(), shifted.getUTCMinutes(), shifted.getUTCSeconds()].map(two).join(':'),
  };
}
