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

/** Watches for all ends of a run: time over, SIGINT, SIGTERM, SIGHUP, and nobody left who waits for it or reads it. */
export function watchForEnd(lastsMs: number, output: NodeJS.WriteStream): Watch {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const controller = new AbortController();
  const end = (cause: string, exitCode: number): void => {
    resolve({ cause, exitCode });
    controller.abort();
  };
  const timer = setTimeout(() => {
    end('its time is over', 0);
  }, lastsMs);
  const parent = process.ppid;
  const parentCheck = setInterval(() => {
    if (process.ppid !== parent) end('its parent ended', 0);
  }, PARENT_CHECK_MS);
  process.on('SIGINT', () => {
    end('SIGINT', 130);
  });
  process.on('SIGTERM', () => {
    end('SIGTERM', 143);
  });
  process.on('SIGHUP', () => {
    end('SIGHUP', 129);
  });
  output.on('error', () => {
    end('nobody reads its output', 0);
  });
  return {
    signal: controller.signal,
    ended,
    stop: () => {
      clearTimeout(timer);
      clearInterval(parentCheck);
    },
  };
}
