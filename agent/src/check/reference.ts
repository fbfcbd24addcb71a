import { readPidStat } from '../proc/pid-stat.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { arePidsInOrder, readBootTime } from '../proc/stat.ts';
import { readUptime } from '../proc/uptime.ts';
import { type NewerThan, type Reference } from './newer-than.ts';

/** Reads what is known of `--newer-than`, again and again: a process that ends while the check waits stays known. */
export function createReferenceReader(root: ProcRoot, asked: NewerThan | null): () => Reference | null {
  if (asked === null) return () => null;
  if (asked.kind === 'time') return () => ({ kind: 'time', at: asked.at, bootedAtMs: readBootMs(root) });
  const { pid } = asked;
  const checkStartTicks = readNowTicks(root);
  let startTicks: number | null = null;
  return () => {
    startTicks ??= startOf(root, pid, checkStartTicks);
    return { kind: 'process', pid, startTicks, checkStartTicks, arePidsInOrder: arePidsInOrder(root) };
  };
}

const TICK_MS = 10;

/** Not the start of this process: a shell that restarted the service may have become it. Null where /proc/uptime is another's. */
function readNowTicks(root: ProcRoot): number | null {
  const uptime = readUptime(root);
  const ownStart = readPidStat(root, 'self')?.startTicks ?? null;
  if (uptime === null || ownStart === null) return null;
  const now = Math.floor(uptime / TICK_MS);
  return ownStart <= now ? now : null;
}

/** A process that began after this check is another one with the same pid. */
function startOf(root: ProcRoot, pid: number, checkStartTicks: number | null): number | null {
  const ticks = readPidStat(root, String(pid))?.startTicks ?? null;
  const isReused = ticks !== null && checkStartTicks !== null && ticks > checkStartTicks;
  return isReused ? null : ticks;
}

const TRIES = 5;
const PRECISE_MS = 20;

/** To 20 ms where /proc/uptime agrees with /proc/stat, which has it to the second; null where not. */
function readBootMs(root: ProcRoot): number | null {
  const bootTime = readBootTime(root);
  for (let tries = 0; tries < TRIES; tries++) {
    const before = Date.now();
    const uptime = readUptime(root);
    const after = Date.now();
    if (uptime === null || bootTime === null) return null;
    const bootedAtMs = after - uptime;
    const areAgreed = Math.abs(bootedAtMs - bootTime * 1000 - 500) < 2000;
    if (after - before <= PRECISE_MS && areAgreed) return bootedAtMs;
  }
  return null;
}
