/** A server that accepts one connection at a time, each after a fifth of a second, and is done with it: its queue is full and moves. */
import { createServer } from 'node:net';

const clock = new Int32Array(new SharedArrayBuffer(4));
const server = createServer((connection) => {
  // libuv accepts the next one when this returns.
  Atomics.wait(clock, 0, 0, 200);
  process.send?.('accepted');
  connection.resetAndDestroy();
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4 }, () => {
  process.send?.(server.address());
});
process.on('disconnect', () => process.exit());
