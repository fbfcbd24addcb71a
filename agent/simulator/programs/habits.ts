import { parseArgs } from 'node:util';

/** How a server behaves; each is an option of its command line. */
export interface Habits {
  /** The port it is told; null: `PORT` of the environment says it. */
  readonly port: number | null;
  /** Listens on the next port when its own is taken, and says nothing about it. */
  readonly nextPortWhenTaken: boolean;
  readonly ignoreSigterm: boolean;
  /** Worker processes that share the one socket; 0: the process serves by itself. */
  readonly workers: number;
  /** Adjoining ports it opens, its own the first. */
  readonly listeners: number;
  /** SO_REUSEPORT: others may listen on its port, too. */
  readonly reusePort: boolean;
  /** What it writes over its command line; null: nothing. */
  readonly title: string | null;
  /** Ends by itself so long after it began to listen; null: never. */
  readonly dieAfterMs: number | null;
  /** Blocks its event loop at SIGUSR2. */
  readonly wedge: boolean;
  /** Starts its successor at SIGUSR2, hands it the socket and ends. */
  readonly handOver: boolean;
  /** Gets its socket from its parent instead of opening one. */
  readonly socketFromParent: boolean;
  /** A program it starts, and which inherits its socket; null: none. */
  readonly helper: string | null;
}

export function readHabits(args: readonly string[]): Habits {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      'next-port-when-taken': { type: 'boolean', default: false },
      'ignore-sigterm': { type: 'boolean', default: false },
      workers: { type: 'string', default: '0' },
      listeners: { type: 'string', default: '1' },
      'reuse-port': { type: 'boolean', default: false },
      title: { type: 'string' },
      'die-after-ms': { type: 'string' },
      wedge: { type: 'boolean', default: false },
      'hand-over': { type: 'boolean', default: false },
      'socket-from-parent': { type: 'boolean', default: false },
      helper: { type: 'string' },
    },
  });
  return {
    port: numberOrNull(values.port),
    nextPortWhenTaken: values['next-port-when-taken'],
    ignoreSigterm: values['ignore-sigterm'],
    workers: Number(values.workers),
    listeners: Number(values.listeners),
    reusePort: values['reuse-port'],
    title: values.title ?? null,
    dieAfterMs: numberOrNull(values['die-after-ms']),
    wedge: values.wedge,
    handOver: values['hand-over'],
    socketFromParent: values['socket-from-parent'],
    helper: values.helper ?? null,
  };
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
