import { createServer, type Server } from 'node:net';
import { Lifeline } from './lifeline.ts';

const LOOPBACK = '127.0.0.1';
const lifeline = new Lifeline(() => process.exit());

/** Opens one listener a tick on the next of `slots` ports, and closes the one opened half a round before. */
function churn(firstPort: number, slots: number, everyMs: number): void {
  const open = new Map<number, Server>();
  let tick = 0;
  setInterval(() => {
    openListener(open, firstPort + (tick % slots));
    closeListener(open, firstPort + ((tick + slots / 2) % slots));
    tick += 1;
  }, everyMs);
}

function openListener(open: Map<number, Server>, port: number): void {
  const server = createServer();
  server.on('error', () => {
    open.delete(port);
    lifeline.report('port-taken', { port });
  });
  server.listen(port, LOOPBACK, () => {
    lifeline.report('opened', { port });
  });
  open.set(port, server);
}

function closeListener(open: Map<number, Server>, port: number): void {
  open.get(port)?.close(() => {
    lifeline.report('closed', { port });
  });
  open.delete(port);
}

const [slots = 0, everyMs = 0] = process.argv.slice(2).map(Number);
churn(Number(process.env.PORT), slots, everyMs);
