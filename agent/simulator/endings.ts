/** Why a run ends. */
export interface Ending {
  readonly cause: string;
  readonly exitCode: number;
}

export interface Watch {
  /** Aborts at the first ending. */
  readonly signal: AbortSignal;
  readonly ended: Promise<Ending>;
  stop(): void;
}

const PARENT_CHECK_MS = 500;
/** Exit codes as shells give them: 128 and the signal's number. */
const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Watches for all ends of a run: time over, a signal, and nobody left who waits for it or reads it. */
export function watchForEnd(lastsMs: number, output: NodeJS.WriteStream): Watch {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const controller = new AbortController();
  const end = (cause: string, exitCode = 0): void => {
    resolve({ cause, exitCode });
    controller.abort();
  };
  const timer = setTimeout(end, lastsMs, 'its time is over');
  const parentCheck = whenOrphaned(end, 'its parent ended');
  for (const [signal, exitCode] of SIGNALS) process.on(signal, () => end(signal, exitCode));
  output.on('error', () => end('nobody reads its output'));
  const stop = (): void => {
    clearTimeout(timer);
    clearInterval(parentCheck);
  };
  return { signal: controller.signal, ended, stop };
}

/** npm passes SIGTERM to its shell only; that the parent is another one is all a program it started gets to see. */
function whenOrphaned(end: (cause: string) => void, cause: string): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) end(cause);
  }, PARENT_CHECK_MS);
}
