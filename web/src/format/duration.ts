const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `18 s`, `33 min`, `1 h 38 min`, `6 d 1 h`, `41 d`. Clocks may disagree a little, so what is negative is `0 s`. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min');
  if (ms < 10 * DAY) return pair(ms, DAY, 'd', HOUR, 'h');
  return `${Math.floor(ms / DAY)} d`;
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** A signed offset between two clocks: `+3 ms`, `−1.4 s`, `+74 s`, `+1 h 2 min`. */
export function clockOffset(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  if (size < SECOND) return `${sign}${Math.round(size)} ms`;
  if (size < 10 * SECOND) return `${sign}${(size / SECOND).toFixed(1)} s`;
  return `${sign}${size < 2 * MINUTE ? `${Math.round(size / SECOND)} s` : duration(size)}`;
}
