import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { Lifeline } from './lifeline.ts';

/** Clients of `PORT`, one after the other at a steady pace; each stays a while and asks for nothing. */
const { values } = parseArgs({
  options: {
    'every-ms': { type: 'string', default: '20' },
    'stay-ms': { type: 'string', default: '500' },
  },
});
const lifeline = new Lifeline(() => process.exit());
const port = Number(process.env.PORT);

function call(): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.resume();
  setTimeout(() => socket.destroy(), Number(values['stay-ms']));
}

setInterval(call, Number(values['every-ms']));
lifeline.report('holding', { note: `a connection to ${port} each ${values['every-ms']} ms` });
