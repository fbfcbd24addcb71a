import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lifeline } from './lifeline.ts';

/** Opens port after port from `PORT` on and closes none, as a server that forgets its listeners at each reload. */
const { values } = parseArgs({ options: { ports: { type: 'string' }, 'every-ms': { type: 'string' } } });
const lifeline = new Lifeline(() => process.exit());
const first = Number(process.env.PORT);

for (let port = first; port < first + Number(values.ports); port += 1) {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  lifeline.report(port === first ? 'listening' : 'opened', { port });
  await setTimeout(Number(values['every-ms']));
}
