import assert from 'node:assert/strict';
import test from 'node:test';
import type { TimelineRow, TimelineSpan } from '@portlight/server/views';
import { toMs } from '../format/time.ts';
import { barSentence } from './bar-sentence.ts';
import { processColours } from './process-colours.ts';
import { barsOf, levelsOf, placeOfBar } from './timeline-bars.ts';
import { barsOfLanes, foldedSentence, lanesOf } from './timeline-lanes.ts';

const minute = (number: number) => `2026-11-23T02:${String(number).padStart(2, '0')}:00.000Z`;
const scale = { fromMs: toMs(minute(0)), toMs: toMs(minute(50)) };
const say = (ms: number) => new Date(ms).toISOString().slice(11, 16);

function span(
  pid: number | null,
  start: number | null,
  end: number | null,
  change: Partial<TimelineSpan> = {},
): TimelineSpan {
  return {
    instance: pid === null ? null : `boot ${pid} 1`,
    pid,
    program: pid === null ? null : 'node',
    commandLine: pid === null ? [] : ['node', 'server.js'],
    processStartedAt: start === null ? null : minute(start),
    address: '127.0.0.1',
    family: 'ipv4',
    inode: `${pid ?? 0} ${start ?? 'before'}`,
    holders: 1,
    start: start === null ? null : minute(start),
    end: end === null ? null : minute(end),
    chargeUntil: null,
    ...change,
  };
}

function row(port: number, spans: readonly TimelineSpan[], change: Partial<TimelineRow> = {}): TimelineRow {
  return { protocol: 'tcp', port, networkNamespace: '1', isHostNamespace: true, spans, ...change };
}

const seen = (bars: ReturnType<typeof barsOf>) =>
  bars.map(({ pid, startMs, endMs }) => [pid, startMs && say(startMs), endMs && say(endMs)]);

test('sockets of one process that overlap or touch are one bar with all their addresses', () => {
  const bars = barsOf([
    span(988, null, null, { address: '0.0.0.0' }),
    span(988, null, null, { address: '::' }),
    span(988, 10, 20, { address: '0.0.0.0' }),
  ]);
  assert.deepEqual(seen(bars), [[988, null, null]]);
  assert.deepEqual(bars[0]?.addresses, ['0.0.0.0', '::']);
});

test('a process with several sockets was left behind when it was on the first of them', () => {
  const [bar] = barsOf([
    span(988, null, null, { address: '0.0.0.0', chargeUntil: minute(20) }),
    span(988, null, null, { address: '::', chargeUntil: minute(10) }),
  ]);
  assert.equal(bar?.chargeUntilMs, toMs(minute(10)));
});

test('a process that closes and opens again later has two bars', () => {
  assert.deepEqual(seen(barsOf([span(5, 30, null), span(5, 10, 20)])), [
    [5, '02:10', '02:20'],
    [5, '02:30', null],
  ]);
});

test('processes that follow each other share a level, those that overlap do not', () => {
  const bars = barsOf([span(1, 0, 20), span(2, 10, 30), span(3, 20, 40), span(4, 25, null)]);
  assert.deepEqual(levelsOf(bars), [0, 1, 0, 2]);
});

const places = [
  ['lies where its times are', span(1, 10, 20), { left: 20, width: 20, leftBehindFrom: null, label: 'before' }],
  [
    'reaches to now while it is open',
    span(1, 10, null),
    { left: 20, width: 60, leftBehindFrom: null, label: 'before' },
  ],
  [
    'begins where knowledge begins when its start is unknown',
    span(1, null, null),
    { left: 10, width: 70, leftBehindFrom: null, label: 'inside' },
  ],
  ['is cut at the end of the range', span(1, 45, 59), { left: 90, width: 10, leftBehindFrom: null, label: 'before' }],
  [
    'is left behind from the moment another process took over',
    span(1, 10, null, { chargeUntil: minute(20) }),
    { left: 20, width: 60, leftBehindFrom: 33, label: 'before' },
  ],
  [
    'is left behind as a whole when that was before what is shown',
    span(1, null, null, { chargeUntil: '2026-11-23T01:00:00.000Z' }),
    { left: 10, width: 70, leftBehindFrom: 0, label: 'pid-before' },
  ],
  ['has no label without room for one', span(1, 0, 5), { left: 0, width: 10, leftBehindFrom: null, label: 'none' }],
] as const;

for (const [name, only, expected] of places) {
  test(`a bar ${name}`, () => {
    const [bar] = barsOf([only]);
    assert.ok(bar);
    const place = placeOfBar(bar, undefined, scale, toMs(minute(5)), toMs(minute(40)));
    const leftBehindFrom = place.leftBehindFrom === null ? null : Math.floor(place.leftBehindFrom);
    assert.deepEqual({ ...place, leftBehindFrom }, expected);
  });
}

test('the pid of a process left behind stands before its bar, alone where there is no room for the time', () => {
  const [bar] = barsOf([span(1, 5, null, { chargeUntil: minute(9) })]);
  assert.ok(bar);
  assert.equal(placeOfBar(bar, undefined, scale, scale.fromMs, toMs(minute(40))).label, 'pid-before');
});

test('a label does not run into the bar before it', () => {
  const [first, second] = barsOf([span(1, 0, 18), span(2, 20, 22)]);
  assert.ok(first && second);
  assert.equal(placeOfBar(second, first, scale, scale.fromMs, scale.toMs).label, 'none');
});

const bars = [
  [span(7, 10, 25), 'node, pid 7, on 127.0.0.1, from 02:10 UTC, closed 02:25 after 15 min'],
  [span(7, 10, null), 'node, pid 7, on 127.0.0.1, from 02:10 UTC, still open after 30 min'],
  [span(7, null, null), 'node, pid 7, on 127.0.0.1, open since before 02:00 UTC, still open'],
  [
    span(7, 10, null, { chargeUntil: minute(20) }),
    'node, pid 7, on 127.0.0.1, from 02:10 UTC, left behind at 02:20, still open after 30 min',
  ],
  [span(null, null, 25), 'holder unknown, on 127.0.0.1, open since before 02:00 UTC, closed 02:25'],
] as const;

for (const [only, sentence] of bars) {
  test(`a bar reads “${sentence}”`, () => {
    const [bar] = barsOf([only]);
    assert.ok(bar);
    assert.equal(barSentence(bar, scale.fromMs, toMs(minute(40)), say, 'UTC'), sentence);
  });
}

test('the ports on which something changed come first, with the other ports of those programs, then steady ones, the rest is folded', () => {
  const nginx = span(1204, null, null, { program: 'nginx' });
  const lanes = lanesOf(
    [
      row(80, [nginx]),
      row(443, [nginx]),
      row(3000, [span(18231, null, null)]),
      row(3001, [span(20114, 10, null)]),
      row(9100, [span(1120, null, null, { program: 'node_exporter' })]),
      row(41234, [span(5, 40, null)]),
      row(323, [span(700, null, null)], { protocol: 'udp' }),
      row(8080, [span(4100, null, null)], { isHostNamespace: false, networkNamespace: '2' }),
    ],
    32_768,
  );
  assert.deepEqual(
    lanes.moving.map((lane) => lane.ports),
    [[3000], [3001]],
  );
  assert.deepEqual(
    lanes.steady.map((lane) => [lane.ports, lane.isThin]),
    [
      [[80, 443], true],
      [[9100], true],
    ],
  );
  assert.deepEqual(
    lanes.folded.map((lane) => lane.ports),
    [[41234], [323], [8080]],
  );
  assert.equal(foldedSentence(lanes.folded), '3 more ports: 1 other tcp, 1 udp, 1 in other network namespaces');
});

test('steady ports of unknown holders are not taken for one', () => {
  const lanes = lanesOf([row(111, [span(null, null, null)]), row(2049, [span(null, null, null)])], null);
  assert.deepEqual(
    lanes.steady.map((lane) => lane.ports),
    [[111], [2049]],
  );
});

test('a port that opens and closes all the time is a count instead of a thousand bars', () => {
  const spans = Array.from({ length: 200 }, (_, index) =>
    span(9000 + index, index % 50, (index % 50) + 1, { inode: String(index) }),
  );
  const [lane] = lanesOf([row(9102, spans)], null).moving;
  assert.deepEqual([lane?.bars.length, lane?.crowd?.openings, lane?.height], [0, 200, 1]);
});

test('a hundred rungs of a ladder are drawn up to forty, the rest is folded', () => {
  const lanes = lanesOf(
    Array.from({ length: 100 }, (_, index) => row(3000 + index, [span(index, 10, null)])),
    null,
  );
  assert.deepEqual([lanes.moving.length, lanes.folded.length, barsOfLanes(lanes).length], [40, 60, 100]);
});

test('processes get their colours in order of start, whatever the order of rows', () => {
  const spans = Array.from({ length: 10 }, (_, index) => span(100 + index, 10 + index, null));
  const colours = processColours(barsOf(spans));
  assert.deepEqual(
    spans.map(({ instance }) => colours.get(instance ?? '')),
    [1, 2, 3, 4, 5, 6, 7, 8, 1, 2],
  );
  assert.deepEqual(processColours(barsOf(spans.toReversed())), colours);
});

test('an unknown holder has no colour of its own', () => {
  assert.equal(processColours(barsOf([span(null, null, null)])).size, 0);
});
