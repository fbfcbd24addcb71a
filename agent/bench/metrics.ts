/** What `/metrics` costs by the number of listeners: a table, and a JSON line. No timed test. */
import { performance } from 'node:perf_hooks';
import { Figures } from '../src/metrics/figures.ts';
import { metricsText } from '../src/metrics/metrics-text.ts';
import { holder, listener, snapshot } from '../test/snapshots.ts';

const connections = { established: 3, unaccepted: 0, synReceived: 0, closeWait: 1, finWait: 0, timeWait: 9 };

function measure(count: number) {
  const listeners = Array.from({ length: count }, (_, at) =>
    listener({
      port: 1024 + at,
      inode: String(at),
      openedAt: '2026-11-23T03:00:00.000Z',
      connections,
      holders: [holder({ program: `app "${at}"`, unit: `app-${at}.service` })],
    }),
  );
  const parts = {
    snapshot: snapshot(listeners),
    expectations: [],
    counted: new Figures().counted,
    push: null,
    isHealthy: true,
    mostListeners: 200,
  };
  const times = Array.from({ length: 300 }, () => {
    const begun = performance.now();
    metricsText(parts);
    return performance.now() - begun;
  }).toSorted((a, b) => a - b);
  const [leastMs = 0, medianMs = 0, p99Ms = 0] = [times[0], times[150], times[297]];
  return { listeners: count, bytes: metricsText(parts).length, leastMs, medianMs, p99Ms };
}

const rows = [10, 200, 10_000].map(measure);
for (const { listeners, bytes, leastMs, medianMs, p99Ms } of rows) {
  const [least, median, p99] = [leastMs, medianMs, p99Ms].map((ms) => ms.toFixed(2));
  process.stdout.write(
    `${listeners} listeners: ${bytes} bytes, least ${least} ms, median ${median} ms, p99 ${p99} ms\n`,
  );
}
process.stdout.write(`${JSON.stringify(rows)}\n`);
