import { Socket } from 'node:net';

/** What a process tells the simulator, stamped by itself at the moment it happened. */
export interface Report {
  /** RFC 3339 UTC, milliseconds. */
  readonly at: string;
  readonly event: ReportedEvent;
  /** Whom it is about, as in "web 2": the process itself, or one it started. */
  readonly server: string;
  readonly pid: number;
  readonly port: number | null;
  readonly note: string | null;
}

/**
 * `listening`: the service serves; `opened`, `closed`: one of many listeners; `accepted`: a connection; `port-taken`: it could
 * not be opened, somebody else holds its port; `holding`: it holds a socket or a connection and serves nobody; `blocked`: it
 * does nothing any more.
 */
export type ReportedEvent =
  | 'started'
  | 'listening'
  | 'sigterm-ignored'
  | 'opened'
  | 'closed'
  | 'accepted'
  | 'port-taken'
  | 'holding'
  | 'blocked'
  | 'exited';

export type About = Partial<Pick<Report, 'server' | 'pid' | 'port' | 'note'>>;

/** The descriptor on which every process finds it. */
export const LIFELINE_FD = 3;

/**
 * One socket between the simulator and all that came out of a process it started: whoever is started passes it on, so that
 * also those who lost their parent can report, and learn that the simulator is gone: the kernel closes its end even on SIGKILL.
 */
export class Lifeline {
  readonly #socket: Socket;

  constructor(whenCut: () => void) {
    if (process.env.NAME === undefined)
      throw new Error('this program is started by the simulator: npm run simulate -- --help');
    // Half open: closing on "end" would shut the socket for the others who share it.
    this.#socket = new Socket({ fd: LIFELINE_FD, readable: true, writable: true, allowHalfOpen: true });
    this.#socket.on('end', whenCut);
    this.#socket.on('error', whenCut);
    this.#socket.resume();
  }

  report(event: ReportedEvent, about: About = {}): void {
    const { server = ownName(), pid = process.pid, port = null, note = null } = about;
    const line: Report = { at: new Date().toISOString(), event, server, pid, port, note };
    this.#socket.write(`${JSON.stringify(line)}\n`);
  }
}

/** As the simulator's journal calls this process, as in "web 2". */
export function ownName(): string {
  return process.env.NAME ?? 'unknown';
}

export function nameOf(program: string, version: number): string {
  return `${program} ${version}`;
}

/** 2 of "web 2". */
export function ownVersion(): number {
  return Number(/\d+$/.exec(ownName())?.[0] ?? 1);
}
