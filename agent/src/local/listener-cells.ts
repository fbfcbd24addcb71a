/** How one listener reads to people; the text table, the page and `portlight ports` show the same words. */
import type { Finding, Holder, HoldersUnknown, Instant, Listener } from '../contract.ts';
import { placeText } from '../findings/words.ts';
import { printable } from '../proc/printable.ts';
import { marksOf } from './finding-marks.ts';

export interface ListenerCells {
  readonly protocol: string;
  /** `127.0.0.1:3000`, `[::]:80`. */
  readonly address: string;
  /** Pid of the oldest holder and how many more there are: `18231 +3`; `-` when unknown. */
  readonly pid: string;
  /** Its name, or in brackets why there is none. */
  readonly program: string;
  readonly user: string;
  /** Unit, container or scope it runs in. */
  readonly unit: string;
  readonly queue: string;
  /** How long its oldest holder has been running. */
  readonly age: string;
  readonly commandLine: string;
  /** Empty in the host's network namespace. */
  readonly namespace: string;
  /** Kinds of the findings about it: `stale-holder`; empty as a rule. */
  readonly finding: string;
}

const WHY_UNKNOWN: Readonly<Record<HoldersUnknown, string>> = {
  denied: 'not allowed to see',
  vanished: 'gone before it was found',
  kernel: 'kernel',
  'other-pid-namespace': 'in another pid namespace',
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `45 s`, `33 min`, `1 h 38 min`, `6 d 1 h`; never negative, whatever the clock did. */
export function age(since: Instant | null, now: Date): string {
  if (since === null) return '-';
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

const runsIn = ({ unit, container, scope }: Holder) =>
  container ? `${container.runtime}:${container.id.slice(0, 12)}` : (unit ?? (scope === 'system' ? '-' : scope));

const queueOf = ({ acceptQueue }: Listener) => (acceptQueue === null ? '-' : String(acceptQueue));

const pidOf = (holder: Holder, others: number) => `${holder.pid}${others > 0 ? ` +${others}` : ''}`;

export function listenerCells(listener: Listener, findings: readonly Finding[], now: Date): ListenerCells {
  const { protocol, holders, holdersOmitted, holdersUnknown, user, uid } = listener;
  const [holder] = holders;
  const others = holders.length - 1 + holdersOmitted;
  return {
    protocol,
    address: placeText(listener),
    pid: holder ? pidOf(holder, others) : '-',
    program: holder ? printable(holder.program) : `(${holdersUnknown ? WHY_UNKNOWN[holdersUnknown] : 'unknown'})`,
    user: printable(holder?.user ?? user ?? String(holder?.uid ?? uid)),
    unit: holder ? printable(runsIn(holder)) : '-',
    queue: queueOf(listener),
    age: age(holder?.startedAt ?? null, now),
    commandLine: holder ? printable(holder.commandLine.join(' ')) : '',
    namespace: listener.isHostNamespace ? '' : `netns ${listener.networkNamespace}`,
    finding: marksOf(listener, findings).join(', '),
  };
}
