/**
 * Listens on a port that is free; told to move, it takes another one and gives that up. Says each time where it is. Not on a port
 * that the kernel hands out: what is left behind must not be taken by whoever asks for any.
 */
import { createServer } from 'node:net';

function listen(): void {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const server = createServer();
  server.once('error', listen);
  server.listen(port, '127.0.0.1', () => {
    process.send?.(port);
    process.once('message', () => {
      listen();
      server.close();
    });
  });
}

listen();
process.on('disconnect', () => process.exit());
