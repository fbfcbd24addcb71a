/** From listen() in some process to its event at a reader of `/events`. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { suite, test, type TestContext } from 'node:test';
import { runningAgent } from './processes.ts';

const TRIALS = 200;
const P99_MS = 1_500;
const WITHIN_MS = 38_000;

const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** When events came, by port, in milliseconds: others on this machine may have had the same port before. */
type Arrivals = ReadonlyMap<number, readonly number[]>;

/** The first one after the port was listened on; NaN when there is none. */
const arrivalOf = (seen: Arrivals, port: number, listenedAt: number) =>
  seen.get(port)?.find((at) => at > listenedAt) ?? NaN;

/** Reads the stream until every port it is asked for has come. */
async function arrivals(url: string, isAllOf: (seen: Arrivals) => boolean, signal: AbortSignal): Promise<Arrivals> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
  const seen = new Map<number, number[]>();
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const at = nowMs();
    const frames = `${rest}${chunk}`.split('\n\n');
    rest = frames.pop() ?? '';
    for (const [, port] of frames.flatMap((frame) => [...frame.matchAll(/"kind":"opened".*?"port":(\d+)/g)])) {
      seen.set(Number(port), [...(seen.get(Number(port)) ?? []), at]);
    }
    if (isAllOf(seen)) break;
  }
  return seen;
}

/** Milliseconds of each trial, ascending. */
async function latencies(context: TestContext): Promise<readonly number[]> {
  const { place } = await runningAgent(context);
  const listened = new Map<number, number>();
  const isAllOf = (seen: Arrivals) =>
    listened.size === TRIALS && [...listened].every(([port, at]) => arrivalOf(seen, port, at) > at);
  const seen = arrivals(`http://${place}/events`, isAllOf, AbortSignal.timeout(WITHIN_MS));
  const child = fork(new URL('timed-listeners.ts', import.meta.url), { env: { COUNT: String(TRIALS) } });
  context.after(() => child.kill('SIGKILL'));
  child.on('message', ({ port, listenedAt }: { port: number; listenedAt: number }) => listened.set(port, listenedAt));
  const arrivedAt = await seen;
  child.kill('SIGKILL');
  return [...listened].map(([port, at]) => arrivalOf(arrivedAt, port, at) - at).toSorted((a, b) => a - b);
}

const partOf = (times: readonly number[], part: number) => times[Math.ceil(part * TRIALS) - 1] ?? NaN;

suite('the time to an event', () => {
  test(`at one look a second 99 of 100 come within ${P99_MS} ms`, async (context) => {
    let p99 = NaN;
    // A machine that was busy with something else gets another chance.
    for (let run = 1; run <= 3 && !(p99 <= P99_MS); run += 1) {
      const times = await latencies(context);
      assert.equal(times.length, TRIALS);
      assert.ok(times.every((ms) => ms > 0));
      p99 = partOf(times, 0.99);
      context.diagnostic(`p50 ${partOf(times, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms over ${TRIALS} trials`);
    }
    assert.ok(p99 <= P99_MS, `p99 is ${p99} ms`);
  });
});

// In turn with this one: beside it, it would take the core whose patience is measured here.
await import('./churn.ts');
