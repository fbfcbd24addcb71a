import { type Server as HttpServer } from 'node:http';
import { type AddressInfo, type Server } from 'node:net';
import { type Lifeline, nameOf, ownVersion } from './lifeline.ts';
import { startOffspring } from './offspring.ts';

/** How long both hold the socket. */
const OVERLAP_MS = 1500;

/** Serves on the socket its parent hands it, whatever becomes of the parent. */
export function socketFromParent(
  lifeline: Lifeline,
  server: HttpServer,
  program: string,
  handsOverAgain: boolean,
): void {
  process.once('message', (_, handle) => {
    const socket = handle as Server;
    const { port } = socket.address() as AddressInfo;
    socket.on('connection', (connection) => server.emit('connection', connection));
    if (handsOverAgain) handOverAtSigusr2(lifeline, socket, program);
    lifeline.report('listening', { port });
    process.send?.('serving');
  });
}

/** The upgrade of nginx and unicorn: the old process starts the new one, hands it the socket, and ends a little later. */
export function handOverAtSigusr2(lifeline: Lifeline, socket: Server, program: string): void {
  process.once('SIGUSR2', () => {
    const name = nameOf(program, ownVersion() + 1);
    const args = ['--hand-over', '--socket-from-parent'];
    const successor = startOffspring(lifeline, { name, script: `${program}.ts`, port: null, args });
    successor.send('socket', socket);
    successor.once('message', () => {
      setTimeout(() => process.exit(), OVERLAP_MS);
    });
  });
}

/** Its socket leaks into a program started on the side. */
export function startHelper(lifeline: Lifeline, socket: Server, helper: string): void {
  const child = startOffspring(lifeline, { name: nameOf(helper, 1), script: `${helper}.ts`, port: null, args: [] });
  child.send('socket', socket);
}
