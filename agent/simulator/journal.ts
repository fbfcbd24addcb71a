/** One thing the simulator did or saw happen to one of its servers. Unknown or not meant is null. */
export interface Moment {
  /** RFC 3339 UTC, milliseconds; a server's own clock where it says so itself. */
  readonly at: string;
  readonly event: MomentEvent;
  /** The server and its version, as in "web 2". */
  readonly server: string | null;
  readonly pid: number | null;
  /** The port this moment is about; at `exited` the one the server held. */
  readonly port: number | null;
  readonly note: string | null;
}

/** As processes are told to end, to reload, to upgrade, and killed. */
export type SignalName = 'sigterm' | 'sighup' | 'sigusr2' | 'sigkill';

export type MomentEvent =
  | 'begun'
  | 'started'
  | 'listening'
  | 'opened'
  | 'closed'
  | 'accepted'
  | 'port-taken'
  | 'connected'
  | 'connection-lost'
  | 'left'
  | 'holding'
  | 'blocked'
  | `${SignalName}-sent`
  | 'sigterm-ignored'
  | 'exited'
  | 'upgraded'
  | 'ending'
  | 'ended';

export type Note = (moment: Partial<Moment> & Pick<Moment, 'event'>) => Moment;

/** Completes each moment and passes it on. */
export function noteTo(keep: (moment: Moment) => void): Note {
  return (moment) => {
    const whole = { at: new Date().toISOString(), server: null, pid: null, port: null, note: null, ...moment };
    keep(whole);
    return whole;
  };
}

/** Writes each moment as one line: aligned text, or one JSON object. */
export function journal(json: boolean, write: (line: string) => void): Note {
  const begunMs = Date.now();
  return noteTo((moment) => {
    write(`${json ? jsonLine(moment, begunMs) : textLine(moment, begunMs)}\n`);
  });
}

function jsonLine({ at, event, server, pid, port, note }: Moment, begunMs: number): string {
  return JSON.stringify({ at, elapsedMs: Date.parse(at) - begunMs, event, server, pid, port, note });
}

function textLine(moment: Moment, begunMs: number): string {
  const elapsed = `+${((Date.parse(moment.at) - begunMs) / 1000).toFixed(3)} s`;
  const address = moment.port === null ? '' : `127.0.0.1:${moment.port}`;
  const columns = [
    elapsed.padStart(11),
    moment.at,
    moment.event.padEnd(15),
    (moment.server ?? '').padEnd(14),
    (moment.pid === null ? '' : `pid ${moment.pid}`).padEnd(11),
    address.padEnd(15),
    moment.note ?? '',
  ];
  return columns.join('  ').trimEnd();
}
