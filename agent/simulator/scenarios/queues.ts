/** What scenarios of accept queues share. */
import { about, type Expectation, type MomentRef, type Stage, web } from '../scenario.ts';

/** From client to client. */
const CALL_EVERY_MS = 300;
/** More than come within the time one watches. */
const MOST_CALLS = 60;
/** Nobody accepted for as long: wedged. */
export const WEDGED_AFTER_MS = 10_000;
/** The server says itself when it accepted somebody for the last time. */
export const LAST_ACCEPT: MomentRef = { event: 'accepted', server: 'web 1', which: 'last' };

export function wedgedAt(severity: 'warning' | 'critical', afterMs = WEDGED_AFTER_MS): Expectation {
  return about('wedged', 'web 1', { severity, from: LAST_ACCEPT, afterMs });
}

/** A server that accepts until it hangs at SIGUSR2, and says so. */
export async function startHanging({ servers }: Stage, port: number, ...args: readonly string[]): Promise<void> {
  await servers.start(web(1, port, '--wedge', '--note-accepts', ...args));
}

/** Clients come at a steady pace, and stay. */
export async function callAgainAndAgain({ connections, pause }: Stage, port: number, most = MOST_CALLS): Promise<void> {
  for (let call = 0; call < most; call += 1) {
    connections.open(port);
    await pause(CALL_EVERY_MS);
  }
}

/** Some clients while all is well, then it hangs and they go on coming. */
export async function callUntilItHangs(stage: Stage, port: number, server: string, afterMs: number): Promise<void> {
  await callAgainAndAgain(stage, port, Math.ceil(afterMs / CALL_EVERY_MS));
  const hangs = stage.servers.next('web 1', 'blocked');
  stage.servers.signal(server, 'sigusr2');
  await hangs;
}
