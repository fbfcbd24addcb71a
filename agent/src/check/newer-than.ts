import { type Holder } from '../contract.ts';

/** What holders must be newer than, as it was asked. */
export type NewerThan =
  { readonly kind: 'process'; readonly pid: number } | { readonly kind: 'time'; readonly at: Date };

/** What is known of it by now. */
export type Reference =
  | {
      readonly kind: 'process';
      readonly pid: number;
      /** When it started; null when it is gone and was never seen. */
      readonly startTicks: number | null;
      /** When this check began: whoever asks about a process knew it before. Null when it cannot be read. */
      readonly checkStartTicks: number | null;
      /** Pids were given out upwards and none twice since boot: a higher one is newer. */
      readonly arePidsInOrder: boolean;
    }
  | {
      readonly kind: 'time';
      readonly at: Date;
      /** Milliseconds from 1970 to boot, precise to 20 ms; null when only the second is known. */
      readonly bootedAtMs: number | null;
    };

export type Newness =
  { readonly kind: 'newer' } | { readonly kind: 'older' } | { readonly kind: 'unknown'; readonly why: string };

const NEWER: Newness = { kind: 'newer' };
const OLDER: Newness = { kind: 'older' };

/** USER_HZ is 100 on x64 and arm64. */
const TICK_MS = 10;
/** The boot time of /proc/stat is cut to seconds, so a start computed with it is early by less than one. */
const SECOND_MS = 1000;

/** Never `newer` without proof. */
export function newnessOf(holder: Holder, reference: Reference): Newness {
  return reference.kind === 'time' ? sinceTime(holder, reference) : sinceProcess(holder, reference);
}

function sinceTime({ pid, startTicks, startedAt }: Holder, { at, bootedAtMs }: Reference & { kind: 'time' }): Newness {
  if (startTicks === null) return unknown(`when pid ${pid} started could not be read`);
  if (bootedAtMs !== null) return bootedAtMs + startTicks * TICK_MS >= at.getTime() ? NEWER : OLDER;
  if (startedAt === null)
    return unknown('the time of boot is hidden (/proc/stat), so starts cannot be compared with a time');
  const earlyByMs = at.getTime() - Date.parse(startedAt);
  if (earlyByMs <= 0) return NEWER;
  return earlyByMs >= SECOND_MS
    ? OLDER
    : unknown(`pid ${pid} started within the second before that time; give a time two seconds before the restart`);
}

function sinceProcess(holder: Holder, reference: Reference & { kind: 'process' }): Newness {
  const { pid, startTicks, checkStartTicks, arePidsInOrder } = reference;
  if (holder.pid === pid) return OLDER;
  if (holder.startTicks === null) return unknown(`when pid ${holder.pid} started could not be read`);
  if (startTicks !== null) return holder.startTicks > startTicks ? NEWER : OLDER;
  if (checkStartTicks !== null && holder.startTicks > checkStartTicks) return NEWER;
  if (arePidsInOrder) return holder.pid > pid ? NEWER : OLDER;
  return unknown(
    `pid ${pid} is gone, so whether pid ${holder.pid} started after it cannot be told; ` +
      'give the time before the restart instead: --newer-than "$(date -Is)"',
  );
}

function unknown(why: string): Newness {
  return { kind: 'unknown', why };
}
