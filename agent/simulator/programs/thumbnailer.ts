import { type AddressInfo, type Server } from 'node:net';
import { Lifeline } from './lifeline.ts';

/** A helper that has nothing to do with the socket it inherited, and outlives the server it came from. */
const held: Server[] = [];
const lifeline = new Lifeline(() => process.exit());
process.once('message', (_, handle) => {
  const socket = handle as Server;
  held.push(socket);
  lifeline.report('holding', { port: (socket.address() as AddressInfo).port });
});
