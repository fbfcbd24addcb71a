import cluster, { type Worker } from 'node:cluster';
import { Lifeline } from './lifeline.ts';

/**
 * The classic prefork: one socket, opened once and held by the first process and by every worker. SIGHUP replaces a worker,
 * as servers do after so many requests.
 */
export function serveByWorkers(port: number, count: number): void {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  let isStopping = false;
  let listening = 0;
  const workers = (): readonly Worker[] => Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
  const stopWorkers = (): void => {
    isStopping = true;
    for (const worker of workers()) worker.process.kill('SIGTERM');
  };
  const lifeline = new Lifeline(stopWorkers);
  cluster.on('listening', (worker) => {
    listening += 1;
    if (listening === count) lifeline.report('listening', { port });
    if (listening > count) lifeline.report('opened', { port, note: `new worker, pid ${worker.process.pid ?? 0}` });
  });
  cluster.on('exit', () => {
    if (!isStopping) cluster.fork();
    else if (workers().length === 0) process.exit();
  });
  process.on('SIGTERM', stopWorkers);
  process.on('SIGHUP', () => workers()[0]?.process.kill('SIGTERM'));
  for (let fork = 0; fork < count; fork += 1) cluster.fork();
}
