/**
 * Opens as many listeners as `COUNT` says, at moments that no grid of looks favours, and tells its parent of each when it
 * was about to listen. Each stays open until the parent is gone.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 100;

process.on('disconnect', () => process.exit());

for (let count = Number(process.env.COUNT); count > 0; count -= 1) {
  await sleep(Math.random() * 2 * EVERY_MS);
  const server = createServer();
  // One clock for all processes of the machine, and nobody sets it.
  const listenedAt = Number(process.hrtime.bigint()) / 1e6;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') process.send?.({ port: address?.port, listenedAt });
  });
}
