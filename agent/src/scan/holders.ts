import { posix } from 'node:path';
import { type Holder } from '../contract.ts';
import { programKey } from '../findings/program-key.ts';
import { toldPorts } from '../findings/told-ports.ts';
import { maskSecrets } from '../proc/mask-secrets.ts';
import { readPidCgroup } from '../proc/pid-cgroup.ts';
import { readPidCmdline } from '../proc/pid-cmdline.ts';
import { readPidCwd } from '../proc/pid-cwd.ts';
import { readPidExe, type Executable } from '../proc/pid-exe.ts';
import { readOpenFilesLimit, type Limit } from '../proc/pid-limits.ts';
import { readPidStat, type PidStat } from '../proc/pid-stat.ts';
import { readEffectiveUid } from '../proc/pid-status.ts';
import { printable } from '../proc/printable.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { shownCommandLine } from './command-line.ts';
import { type Walked } from './walk.ts';

/** What is the same for all processes of a look. */
export interface Moment {
  readonly at: Date;
  /** Seconds from 1970 to boot; null when hidden. */
  readonly bootTime: number | null;
  readonly users: ReadonlyMap<number, string>;
}

export interface HolderOptions {
  readonly root: ProcRoot;
  /** Whether command lines are shown at all. */
  readonly commandLines: boolean;
}

/** Reads the facts of processes. Those that only exec changes are read again when stack, comm or executable changed, or after 20 s. */
export interface HolderReader {
  read(pid: string, walked: Walked, moment: Moment): Holder;
  /** Forgets processes not among these. */
  keep(pids: ReadonlyMap<string, unknown>): void;
}

/** exec must be noticed within 30 s, and neither comm nor the stack need change or be seen. */
const FRESH_MS = 20_000;
/** USER_HZ, which is 100 on x64 and arm64 whatever the kernel's own rate. */
const TICK_MS = 10;

/** What exec or a change of rights may alter, and nothing else. */
type Facts = Pick<
  Holder,
  | 'program'
  | 'executable'
  | 'executableDeleted'
  | 'commandLine'
  | 'uid'
  | 'unit'
  | 'container'
  | 'scope'
  | 'programKey'
  | 'toldPorts'
> & { readonly limit: Limit | null };

interface Known {
  readonly stat: PidStat | null;
  readonly exe: Executable | null;
  readonly ancestors: readonly number[];
  readonly readAt: number;
  readonly facts: Facts;
}

export function createHolderReader({ root, commandLines }: HolderOptions): HolderReader {
  const known = new Map<string, Known>();
  return {
    read(pid, walked, moment) {
      const stat = readPidStat(root, pid);
      const before = known.get(pid);
      // It ended since its descriptors were listed, or its first thread did: what it was a look ago is what it was.
      if (before !== undefined && hasEnded(before, stat)) return compose(Number(pid), { ...before, walked, moment });
      const now = moment.at.getTime();
      const exe = readPidExe(root, walked.process);
      if (before !== undefined && isEnding(root, walked.process, before, stat, exe)) {
        return compose(Number(pid), { ...before, walked, moment });
      }
      const isFresh =
        before !== undefined &&
        isSame(before.stat, stat) &&
        before.exe?.path === exe?.path &&
        before.exe?.isDeleted === exe?.isDeleted &&
        Math.abs(now - before.readAt) < FRESH_MS;
      const facts = isFresh ? before.facts : readFacts(root, walked.process, stat, exe, commandLines);
      const isChild = isFresh && before.stat?.parentPid === stat?.parentPid;
      const ancestors = isChild ? before.ancestors : readAncestors(root, stat);
      known.set(pid, { stat, exe, ancestors, readAt: isFresh ? before.readAt : now, facts });
      return compose(Number(pid), { facts, ancestors, stat, walked, moment });
    },
    keep(pids) {
      for (const pid of known.keys()) if (!pids.has(pid)) known.delete(pid);
    },
  };
}

/** Of a thread group whose first thread is gone /proc shows neither executable nor arguments, whatever the others hold. */
function hasEnded({ stat: before }: Known, now: PidStat | null): boolean {
  return now === null || ((now.state === 'Z' || now.state === 'X') && now.startTicks === before?.startTicks);
}

/** A process that ends loses its memory first, and with it executable and arguments; its descriptors only then. */
function isEnding(
  root: ProcRoot,
  process: string,
  before: Known,
  stat: PidStat | null,
  exe: Executable | null,
): boolean {
  if (exe !== null || before.exe === null || before.stat?.startTicks !== stat?.startTicks) return false;
  return readPidCmdline(root, process).length === 0;
}

/** A pid may be another process by now, and exec moves the stack, and changes comm as a rule. */
function isSame(before: PidStat | null, now: PidStat | null): boolean {
  return before?.startTicks === now?.startTicks && before?.comm === now?.comm && before?.stackStart === now?.stackStart;
}

function readFacts(
  root: ProcRoot,
  process: string,
  stat: PidStat | null,
  exe: Executable | null,
  commandLines: boolean,
): Facts {
  const argv = maskSecrets(readPidCmdline(root, process));
  const executable = exe?.path ?? null;
  const name = executable === null ? (stat?.comm ?? 'unknown') : posix.basename(executable);
  return {
    program: printable(name, 256),
    executable: executable === null ? null : printable(executable),
    executableDeleted: exe?.isDeleted ?? false,
    commandLine: commandLines ? shownCommandLine(argv) : [],
    uid: readEffectiveUid(root, process),
    ...readPidCgroup(root, process),
    programKey: programKey({ executable, argv, cwd: readPidCwd(root, process) }),
    toldPorts: toldPorts(argv),
    limit: readOpenFilesLimit(root, process),
  };
}

/** A chain is at most this long, as a pid may be reused while it is read. */
const LONGEST_CHAIN = 16;

/** By field 4 of /proc/PID/stat, from process to process up to pid 1. */
function readAncestors(root: ProcRoot, stat: PidStat | null): readonly number[] {
  const chain: number[] = [];
  let parent = stat?.parentPid ?? 0;
  while (parent > 1 && chain.length < LONGEST_CHAIN) {
    chain.push(parent);
    parent = readPidStat(root, String(parent))?.parentPid ?? 0;
  }
  return chain;
}

interface Parts extends Pick<Known, 'ancestors'> {
  readonly facts: Facts;
  readonly stat: PidStat | null;
  readonly walked: Walked;
  readonly moment: Moment;
}

function compose(pid: number, { facts: { limit, ...facts }, ancestors, stat, walked, moment }: Parts): Holder {
  return {
    pid,
    startedAt: startOf(stat, moment.bootTime),
    startTicks: stat?.startTicks ?? null,
    ...facts,
    parentPid: stat?.parentPid ?? null,
    ancestors,
    user: facts.uid === null ? null : (moment.users.get(facts.uid) ?? null),
    state: stat?.state ?? null,
    fileDescriptors: limit && { open: walked.open, limit: limit.kind === 'limit' ? limit.value : null },
  };
}

function startOf(stat: PidStat | null, bootTime: number | null): string | null {
  if (stat === null || bootTime === null) return null;
  const started = new Date(bootTime * 1000 + stat.startTicks * TICK_MS);
  return Number.isNaN(started.getTime()) ? null : started.toISOString();
}
