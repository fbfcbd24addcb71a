/** What judgement adds to a look, against the digest every look makes anyway: a table, and a JSON line. No timed test. */
import { performance } from 'node:perf_hooks';
import type { Listener, Snapshot } from '../src/contract.ts';
import { Judgement, NOTHING_KEPT } from '../src/findings/judgement.ts';
import { Trends } from '../src/findings/trends.ts';
import { digestOf } from '../src/scan/digest.ts';
import { holder, listener, snapshot } from '../test/snapshots.ts';

const START = Date.parse('2026-11-23T03:00:00.000Z');

/** Four processes of each program, each with a port of its own. */
function listenersOf(count: number): readonly Listener[] {
  return Array.from({ length: count }, (_, at) => {
    const programKey = `node /srv/app${at % Math.max(1, Math.floor(count / 4))}/server.js`;
    const holders = [holder({ pid: 100 + at, startTicks: 1000 + at * 2000, programKey })];
    return listener({ port: 1024 + (at % 60_000), inode: String(at + 1), holders });
  });
}

/** Of a hundred looks the middle one, in microseconds. */
function medianUs(looks: number, look: (at: number) => void): number {
  const times = Array.from({ length: looks }, (_, at) => {
    const begun = performance.now();
    look(at);
    return (performance.now() - begun) * 1000;
  });
  return times.toSorted((a, b) => a - b)[looks >> 1] ?? 0;
}

function measure(count: number) {
  const listeners = listenersOf(count);
  const at = (second: number): Snapshot => ({
    ...snapshot(listeners),
    takenAt: new Date(START + second * 1000).toISOString(),
  });
  const judgement = new Judgement({ expected: { services: [], homes: [] }, kept: NOTHING_KEPT, usersOf: () => [] });
  const again = new Judgement({ expected: { services: [], homes: [] }, kept: NOTHING_KEPT, usersOf: () => [] });
  const trends = new Trends();
  const looks = count > 1000 ? 50 : 200;
  return {
    listeners: count,
    digestUs: medianUs(looks, (look) => void digestOf(at(look))),
    unchangedUs: medianUs(looks, (look) => void judgement.see(at(look / 1000))),
    trendsUs: medianUs(looks, (look) => trends.observe(at(look))),
    judgedUs: medianUs(looks, (look) => void again.see(at(look * 10))),
  };
}

const rows = [20, 200, 2000, 10_000].map(measure);
const text = rows.map(({ listeners, digestUs, unchangedUs, trendsUs, judgedUs }) =>
  [
    String(listeners),
    digestUs.toFixed(0),
    unchangedUs.toFixed(1),
    trendsUs.toFixed(1),
    judgedUs.toFixed(0),
    (unchangedUs / digestUs).toFixed(3),
  ]
    .map((cell) => cell.padStart(12))
    .join(''),
);
const head = ['listeners', 'digest µs', 'unchanged µs', 'trends µs', 'judged µs', 'unch./digest']
  .map((cell) => cell.padStart(12))
  .join('');
process.stdout.write(`${[head, ...text, JSON.stringify({ bench: 'judge', rows })].join('\n')}\n`);
