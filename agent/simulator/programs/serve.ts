import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Habits, readHabits } from './habits.ts';
import { handOverAtSigusr2, socketFromParent, startHelper } from './handed-socket.ts';
import { Lifeline } from './lifeline.ts';
import { blockAtSigusr2, blockFor } from './wedge.ts';
import { serveByWorkers } from './workers.ts';

/** An application server as they are: its port comes in `PORT` or `--port`, its habits as arguments. Ends with the simulator. */
export function serve(program: string): void {
  const habits = readHabits(process.argv.slice(2));
  const wanted = habits.port ?? Number(process.env.PORT);
  if (cluster.isWorker) {
    applicationServer(program).listen(wanted, habits.host);
    return;
  }
  if (habits.title !== null) process.title = habits.title;
  if (habits.workers > 0) serveByWorkers(wanted, habits.workers);
  else serveAlone(program, wanted, habits);
}

/** Answers every probe; keeps connections that never ask, so that steady ones stay. */
function applicationServer(program: string): Server {
  return createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const { localAddress = 'unknown', localPort = 'unknown' } = request.socket;
    response.end(`${program} is well on ${localAddress}:${localPort}, pid ${process.pid}\n`);
  });
}

/** Between two computations it does what came up meanwhile. */
const BREATHER_MS = 10;

function serveAlone(program: string, wanted: number, habits: Habits): void {
  const lifeline = new Lifeline(() => process.exit());
  const server = applicationServer(program);
  let port = wanted;
  if (habits.ignoreSigterm) process.on('SIGTERM', () => lifeline.report('sigterm-ignored', { port }));
  if (habits.wedge) blockAtSigusr2(lifeline, server, () => port);
  if (habits.noteAccepts) server.on('connection', () => lifeline.report('accepted', { port }));
  if (habits.busyMs > 0) setInterval(() => blockFor(habits.busyMs), habits.busyMs + BREATHER_MS);
  if (habits.slowStartMs > 0) blockFor(habits.slowStartMs);
  if (habits.socketFromParent) {
    socketFromParent(lifeline, server, program, habits.handOver);
    return;
  }
  if (habits.handOver) handOverAtSigusr2(lifeline, server, program);
  server.on('listening', () => {
    void serving(lifeline, server, port, habits, port === wanted ? null : `${wanted} was taken`);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || !habits.nextPortWhenTaken) throw error;
    port += 1;
    server.listen(port, habits.host);
  });
  const { host, reusePort, backlog } = habits;
  server.listen({ port, host, reusePort, ...(backlog === null ? {} : { backlog }) });
}

async function serving(
  lifeline: Lifeline,
  server: Server,
  port: number,
  { host, listeners, spread, randomPort, dieAfterMs, helper }: Habits,
  note: string | null,
): Promise<void> {
  const others = Array.from({ length: listeners - 1 }, (_, index) => port + spread * (1 + index));
  await Promise.all([...others, ...(randomPort ? [0] : [])].map((other) => alsoListen(lifeline, other, host)));
  lifeline.report('listening', { port, note });
  if (helper !== null) startHelper(lifeline, server, helper);
  if (dieAfterMs !== null) setTimeout(() => process.exit(1), dieAfterMs);
}

async function alsoListen(lifeline: Lifeline, port: number, host: string): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  lifeline.report('opened', { port: (server.address() as AddressInfo).port });
}
