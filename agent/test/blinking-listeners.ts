/** So many listeners, half of them closed and opened anew each quarter of a second, until its parent goes. */
import { createServer, type Server } from 'node:net';

const COUNT = Number(process.argv[2] ?? 200);
const EACH_MS = 250;

const open: Server[] = [];

function step(): void {
  for (const server of open.splice(0, COUNT / 2)) server.close();
  while (open.length < COUNT) open.push(createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }));
}

step();
setInterval(step, EACH_MS);
process.on('disconnect', () => process.exit());
