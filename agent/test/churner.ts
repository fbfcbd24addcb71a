/**
 * Opens a thousand ports a second and closes each a second later, until its parent goes. Says each second how many it opened
 * and how many times the kernel refused.
 */
import { createServer, type Server } from 'node:net';

const STEP_MS = 20;
const A_STEP = 20;
const LIFE_MS = 1000;

const open: { readonly server: Server; readonly closeAt: number }[] = [];
const counts = { opened: 0, refused: 0 };
let due = performance.now();

function openOne(): void {
  const server = createServer();
  server.once('error', () => (counts.refused += 1));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    counts.opened += 1;
    open.push({ server, closeAt: performance.now() + LIFE_MS });
  });
}

/** By the clock, so that a timer that comes late does not make it fewer. */
function step(): void {
  const now = performance.now();
  while ((open[0]?.closeAt ?? Infinity) <= now) open.shift()?.server.close();
  for (; due <= now; due += STEP_MS) for (let count = 0; count < A_STEP; count++) openOne();
}

setInterval(step, STEP_MS);
setInterval(() => process.send?.(counts), 1000);
process.on('disconnect', () => process.exit());
