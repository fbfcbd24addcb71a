import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports the kernel gives out by itself, so that nobody takes one while its server is down. */
const [FIRST_PORT, LAST_PORT] = [15_000, 25_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
