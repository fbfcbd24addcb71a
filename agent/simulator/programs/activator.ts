import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Lifeline, nameOf } from './lifeline.ts';
import { startOffspring } from './offspring.ts';
import { readHabits } from './habits.ts';
import { blockFor } from './wedge.ts';

/**
 * Socket activation: opens the socket for a service and hands it over; at SIGHUP the service
 * restarts on the same socket. Its arguments are the service's.
 */
const { slowStartMs } = readHabits(process.argv.slice(2));
const lifeline = new Lifeline(() => process.exit());
const socket = createServer().listen(Number(process.env.PORT), '127.0.0.1');
await once(socket, 'listening');

function start(version: number): ChildProcess {
  const args = ['--socket-from-parent', ...process.argv.slice(2)];
  const service = startOffspring(lifeline, { name: nameOf('web', version), script: 'web.ts', port: null, args });
  // Who only keeps a socket accepts nobody while the service starts. This process would: so it does nothing meanwhile.
  service.send('socket', socket, undefined, () => blockFor(slowStartMs));
  return service;
}

let version = 1;
let service = start(version);
process.on('SIGHUP', () => {
  service.once('exit', () => {
    version += 1;
    service = start(version);
  });
  service.kill('SIGTERM');
});
