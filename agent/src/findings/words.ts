/** How findings speak: names, places, times. */
import { type Holder, type Home, type Instant, type Listener, type Place } from '../contract.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23 Nov 02:41:09 UTC`. */
export function timeText(at: number | Instant | null): string {
  const date = new Date(at ?? NaN);
  if (Number.isNaN(date.getTime())) return 'at an unknown time';
  const [, clock = ''] = date.toISOString().split(/[T.]/);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${clock} UTC`;
}

/** `04:52 UTC`, of a moment within a day. */
export function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** `41,210`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `127.0.0.1:3000`, `[::1]:3000`. */
export function placeText({ address, port }: Place): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The number alone where that tells them apart. */
export function shortPlaces(one: Place, other: Place): readonly [string, string] {
  return one.port === other.port ? [placeText(one), placeText(other)] : [String(one.port), String(other.port)];
}

/** `45 s`, `4 min`, `1 h 38 min`. */
export function paceText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long something was held: `25 min`, `7 h`, `41 d`. */
export function heldText(seconds: number): string {
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Why this is its home, as a sentence. */
export function homeText(program: string, home: Home, service: string | null): string {
  const place = placeText(home);
  switch (home.source) {
    case 'declared':
      return `Declared: ${service ?? program} belongs on ${place}.`;
    case 'told':
      return `The command line of ${program} tells it port ${home.port}.`;
    case 'fleet':
      return `${program} is on ${place} on other machines: ${home.support ?? 'most of them'}.`;
    case 'here':
      return home.support === null
        ? `${program} took ${place} first; processes that were started later took the ports after it.`
        : `${program} belongs on ${place}: ${home.support} on this machine.`;
  }
}

export function instant(at: number): Instant {
  return new Date(at).toISOString();
}

/** Who holds it, for a sentence: `java (pid 4711)`. */
export function holderText({ holders, holdersUnknown }: Listener): string {
  const [first] = holders;
  if (first !== undefined) return `${first.program} (pid ${first.pid})`;
  return holdersUnknown === 'denied' ? 'a process that may not be seen' : 'an unknown process';
}

/** When a process began to hold a socket, in milliseconds since 1970: as far as it can be told, else `now`. */
export function beganAt({ openedAt }: Listener, { startedAt }: Pick<Holder, 'startedAt'>, now: number): number {
  const known = [openedAt, startedAt].flatMap((at) => (at === null ? [] : [Date.parse(at)]));
  return known.length === 0 ? now : Math.max(...known);
}

/** ` since 23 Nov 02:41:09 UTC`; nothing where that is not known. */
export function openedText({ openedAt }: Listener): string {
  return openedAt === null ? '' : ` since ${timeText(openedAt)}`;
}
