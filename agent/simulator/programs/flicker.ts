import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lifeline } from './lifeline.ts';

/**
 * Opens its port and closes it again, over and over, and keeps it open the last time. With `--grow` each opening leaves one
 * more port open beside it.
 */
const HOST = '127.0.0.1';
const { values } = parseArgs({
  options: {
    'open-ms': { type: 'string', default: '1000' },
    'closed-ms': { type: 'string', default: '1000' },
    times: { type: 'string', default: '1000' },
    grow: { type: 'boolean', default: false },
  },
});
const lifeline = new Lifeline(() => process.exit());
const port = Number(process.env.PORT);

async function open(at: number): Promise<Server> {
  const server = createServer().listen(at, HOST);
  await once(server, 'listening');
  return server;
}

const last = Number(values.times);
for (let time = 1; time <= last; time += 1) {
  const server = await open(port);
  lifeline.report('listening', { port });
  if (values.grow) await open(port + time);
  if (time === last) break;
  await setTimeout(Number(values['open-ms']));
  server.close();
  await once(server, 'close');
  lifeline.report('closed', { port });
  await setTimeout(Number(values['closed-ms']));
}
