import cluster from 'node:cluster';
import { createServer, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { report, whenSimulatorEnds } from './report.ts';

const LOOPBACK = '127.0.0.1';

interface Habits {
  /** Listens on the next port when its own is taken, and says nothing about it. */
  readonly nextPortWhenTaken: boolean;
  readonly ignoreSigterm: boolean;
  /** Worker processes that share the one socket; 0: the process serves by itself. */
  readonly workers: number;
}

/** An application server as they are: its port comes in `PORT`, its habits as arguments. Ends with the simulator. */
export function serve(program: string): void {
  const wanted = Number(process.env.PORT);
  const habits = readHabits(process.argv.slice(2));
  if (cluster.isWorker) {
    applicationServer(program).listen(wanted, LOOPBACK);
    return;
  }
  if (habits.workers > 0) serveByWorkers(wanted, habits.workers);
  else serveAlone(applicationServer(program), wanted, habits);
}

function readHabits(args: readonly string[]): Habits {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'next-port-when-taken': { type: 'boolean', default: false },
      'ignore-sigterm': { type: 'boolean', default: false },
      workers: { type: 'string', default: '0' },
    },
  });
  return {
    nextPortWhenTaken: values['next-port-when-taken'],
    ignoreSigterm: values['ignore-sigterm'],
    workers: Number(values.workers),
  };
}

/** Answers every probe; keeps connections that never ask, so that steady ones stay. */
function applicationServer(program: string): Server {
  return createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    response.end(`${program} is well on ${LOOPBACK}:${request.socket.localPort ?? 'unknown'}, pid ${process.pid}\n`);
  });
}

function serveAlone(server: Server, wanted: number, habits: Habits): void {
  whenSimulatorEnds(() => process.exit());
  let port = wanted;
  if (habits.ignoreSigterm)
    process.on('SIGTERM', () => {
      report('sigterm-ignored', port);
    });
  server.on('listening', () => {
    report('listening', port);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || !habits.nextPortWhenTaken) throw error;
    port += 1;
    server.listen(port, LOOPBACK);
  });
  server.listen(port, LOOPBACK);
}

/** The classic prefork: one socket, opened once and held by the first process and by every worker. */
function serveByWorkers(port: number, workers: number): void {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const children = Array.from({ length: workers }, () => cluster.fork());
  let listening = 0;
  cluster.on('listening', () => {
    listening += 1;
    if (listening === workers) report('listening', port);
  });
  cluster.on('exit', () => {
    if (children.every((worker) => worker.isDead())) process.exit();
  });
  const stopWorkers = (): void => {
    for (const worker of children) worker.process.kill('SIGTERM');
  };
  process.on('SIGTERM', stopWorkers);
  whenSimulatorEnds(stopWorkers);
}
