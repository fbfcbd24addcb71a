/**
 * A day of a machine as a text that reads well in a diff: JSON Lines. The first line tells of the machine, each further one
 * what a look found changed. What a line leaves out is as it was before, or as usual ({@link USUAL_PROCESS}, {@link USUAL_SOCKET}).
 */
import { type Holder, type Instant, type Kernel, type Listener } from '../src/contract.ts';

export const FORMAT = 'portlight-day 1';

/** The first line. */
export interface DayHead {
  readonly format: typeof FORMAT;
  /** What machine this is and what happens on it, for people. */
  readonly machine: string;
  /** How the day came about: `real run of …`, or `written by hand after …`. */
  readonly made: string;
  /** From where `at` counts. */
  readonly begins: Instant;
  readonly name: string;
  readonly os: string | null;
  readonly kernelVersion: string | null;
  readonly bootId: string | null;
  readonly bootedAt: Instant | null;
  /** Inode of the host's network namespace. */
  readonly networkNamespace: string;
  /** Declared services, in the words of `--expect`. */
  readonly expect: readonly string[];
  readonly kernel: Kernel;
}

/** What a line tells of a process; its pid and start ticks, which name it, always. */
export type ProcessFacts = Omit<Holder, 'startedAt'>;
export type ProcessLine = Pick<Holder, 'pid' | 'startTicks'> & Partial<ProcessFacts>;

/** What a line tells of a socket, beside its name. */
export type SocketFacts = Omit<
  Listener,
  | 'inode'
  | 'networkNamespace'
  | 'isHostNamespace'
  | 'exposure'
  | 'openedAt'
  | 'acceptQueueStuckSince'
  | 'holders'
  | 'service'
> & {
  readonly pids: readonly number[];
  /** `acceptQueueStuckSince` in the time of `at`. */
  readonly stuckSince: number | null;
};

/** `socket`: its inode; in another network namespace than the host's `namespace/inode`. */
export type SocketLine = { readonly socket: string } & Partial<SocketFacts>;

/** What one look found changed. */
export interface DayLine {
  /** Seconds since the day began, without what `passes` added. */
  readonly at: number;
  /** Put in by hand: so many seconds in which nothing happens come here, and everything later is later by them. */
  readonly passes?: number;
  readonly processes?: readonly ProcessLine[];
  /** On the first line: those that were there before the first look. */
  readonly opened?: readonly SocketLine[];
  readonly changed?: readonly SocketLine[];
  readonly closed?: readonly string[];
  readonly kernel?: Partial<Kernel>;
}

export interface Day {
  readonly head: DayHead;
  /** In the order of their times; the last one ends the day. */
  readonly lines: readonly DayLine[];
}

export const USUAL_PROCESS: Omit<ProcessFacts, 'pid' | 'startTicks'> = {
  program: '',
  executable: null,
  executableDeleted: false,
  commandLine: [],
  parentPid: 1,
  ancestors: [],
  uid: 0,
  user: 'root',
  unit: null,
  container: null,
  scope: 'system',
  state: 'S',
  fileDescriptors: null,
  programKey: '',
  toldPorts: [],
};

export const USUAL_SOCKET: SocketFacts = {
  protocol: 'tcp',
  family: 'ipv4',
  address: '0.0.0.0',
  port: 0,
  uid: 0,
  user: 'root',
  dualStack: null,
  acceptQueue: 0,
  acceptQueueLimit: null,
  connections: null,
  holdersOmitted: 0,
  holdersUnknown: null,
  pids: [],
  stuckSince: null,
};

/** Throws with the number of the line that is none. */
export function parseDay(text: string): Day {
  const lines = text.split('\n').flatMap((line, at): unknown[] => (line.trim() === '' ? [] : [parseLine(line, at)]));
  const [head, ...rest] = lines;
  // What the recorder wrote, or somebody by hand beside a test that replays it.
  const day = { head: head as DayHead, lines: rest as DayLine[] };
  const format: string | undefined = (head as Partial<DayHead> | undefined)?.format;
  if (format !== FORMAT) throw new Error(`the first line is no head of a day: format ${format ?? 'not told'}`);
  for (const [at, line] of day.lines.entries()) {
    const before = day.lines[at - 1]?.at ?? 0;
    if (!(line.at >= before)) throw new Error(`line ${at + 2}: at ${line.at} comes after ${before}`);
  }
  return day;
}

function parseLine(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`line ${at + 1} is not JSON`, { cause: error });
  }
}
