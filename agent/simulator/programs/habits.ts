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
  /** Where it listens. */
  readonly host: string;
  /** Connections that may wait to be accepted; null: as many as the machine allows. */
  readonly backlog: number | null;
  /** Ports it opens, its own the first. */
  readonly listeners: number;
  /** From each of them to the next. */
  readonly spread: number;
  /** Opens another port besides, whichever is free. */
  readonly randomPort: boolean;
  /** Says each connection it accepts. */
  readonly noteAccepts: boolean;
  /** Computes so long again and again, and does nothing else meanwhile; 0: never. */
  readonly busyMs: number;
  /** Needs so long until it serves; it does nothing else meanwhile. */
  readonly slowStartMs: number;
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

const OPTIONS = {
  port: { type: 'string' },
  'next-port-when-taken': { type: 'boolean', default: false },
  'ignore-sigterm': { type: 'boolean', default: false },
  workers: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  backlog: { type: 'string' },
  listeners: { type: 'string', default: '1' },
  spread: { type: 'string', default: '1' },
  'random-port': { type: 'boolean', default: false },
  'note-accepts': { type: 'boolean', default: false },
  'busy-ms': { type: 'string', default: '0' },
  'slow-start-ms': { type: 'string', default: '0' },
  'reuse-port': { type: 'boolean', default: false },
  title: { type: 'string' },
  'die-after-ms': { type: 'string' },
  wedge: { type: 'boolean', default: false },
  'hand-over': { type: 'boolean', default: false },
  'socket-from-parent': { type: 'boolean', default: false },
  helper: { type: 'string' },
} as const;

export function readHabits(args: readonly string[]): Habits {
  const { values } = parseArgs({
    args: [...args],
    options: OPTIONS,
  });
  return {
    port: numberOrNull(values.port),
    nextPortWhenTaken: values['next-port-when-taken'],
    ignoreSigterm: values['ignore-sigterm'],
    workers: Number(values.workers),
    host: values.host,
    backlog: numberOrNull(values.backlog),
    listeners: Number(values.listeners),
    spread: Number(values.spread),
    randomPort: values['random-port'],
    noteAccepts: values['note-accepts'],
    busyMs: Number(values['busy-ms']),
    slowStartMs: Number(values['slow-start-ms']),
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
