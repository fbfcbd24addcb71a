/** What a server process tells the simulator over their channel, stamped by itself at the moment it happened. */
export interface Report {
  /** RFC 3339 UTC, milliseconds. */
  readonly at: string;
  /**
   * `listening`: the service serves; `opened`, `closed`: one of many listeners; `port-taken`: it could not be opened,
   * somebody else holds its port.
   */
  readonly event: 'listening' | 'sigterm-ignored' | 'opened' | 'closed' | 'port-taken';
  readonly port: number;
}

export function report(event: Report['event'], port: number): void {
  const line: Report = { at: new Date().toISOString(), event, port };
  process.send?.(line);
}

/** Runs `end` once the simulator is gone, however it went: the kernel closes its side of the channel even on SIGKILL. */
export function whenSimulatorEnds(end: () => void): void {
  if (process.send === undefined)
    throw new Error('this server is started by the simulator: npm run simulate -- --help');
  process.once('disconnect', end);
  if (!process.connected) end();
}
