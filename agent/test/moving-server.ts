/** Listens on a port that is free; told to move, it takes another one and gives that up. Says each time where it is. */
import { createServer, type AddressInfo } from 'node:net';

function listen(): void {
  const server = createServer().listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
  process.once('message', () => {
    listen();
    server.close();
  });
}

listen();
process.on('disconnect', () => process.exit());
