/** Listens on `PORT` or on the next port that is free, tells its parent which, stays at SIGTERM, and ends with its parent. */
import { createServer } from 'node:net';

let port = Number(process.env.PORT);
const server = createServer();
server.on('listening', () => process.send?.(port));
server.on('error', () => {
  port += 1;
  server.listen(port, '127.0.0.1');
});
server.listen(port, '127.0.0.1');
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());
