import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, Kernel } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';
import { NOTHING_KEPT, type Kept } from './judgement.ts';

const MINUTE = 60;
/** Long past the start of the day, so that the day before is one. */
const FROM = 60 * MINUTE;
const WEB: Actor = { pid: 100, from: 0, ports: [3000], is: { unit: 'web.service' } };

/** By minutes since the agent began to look. */
type Course = (minute: number) => number;
const minuteOf = (second: number) => Math.floor((second - FROM) / MINUTE);

const steadily: Course = (minute) => 400 + 10 * minute;

function descriptors(course: Course, changes: Partial<Day> = {}, pid = WEB.pid, limit: number | null = 4_096): Day {
  return {
    actors: [WEB],
    agentFrom: FROM,
    until: FROM + 31 * MINUTE,
    seen: (look) => ({
      ...look,
      listeners: look.listeners.map((listener) => ({
        ...listener,
        holders: listener.holders.map((holder) => {
          const open = course(minuteOf((Date.parse(look.takenAt) - Date.parse(timeOf(0))) / 1000));
          return holder.pid === pid ? { ...holder, fileDescriptors: { open, limit } } : holder;
        }),
      })),
    }),
    ...changes,
  };
}

const machine = (kernel: (minute: number) => Partial<Kernel>): Day => ({
  actors: [WEB],
  agentFrom: FROM,
  until: FROM + 31 * MINUTE,
  kernel: (second) => kernel(minuteOf(second)),
});

/** The most that was open in hours of the day before. */
const yesterday = (hours: Readonly<Record<string, number>>): Kept => ({
  ...NOTHING_KEPT,
  peaks: [{ resource: 'file-descriptors', programKey: 'node /srv/web/server.js', hours }],
});

const forecasts = (day: Day) => judged(day).filter((one) => one.kind === 'forecast');
const said = (findings: readonly Finding[]) =>
  findings.map(({ severity, title, subtitle }) => [severity, title, subtitle].join(' | '));

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'descriptors of a process go to their limit': [
    descriptors(steadily),
    [
      'warning | node runs out of file descriptors at about 07:09 UTC | Forecast · web.service · 700 of 4,096 open, +10 a minute',
    ],
  ],
  'it is less than an hour to the limit': [
    descriptors((minute) => 1_000 + 248 * minute, {}, WEB.pid, 20_000),
    [
      'critical | node runs out of file descriptors at about 02:16 UTC | Forecast · web.service · 8,440 of 20,000 open, +248 a minute',
    ],
  ],
  'it is there': [
    descriptors((minute) => Math.min(4_096, 100 + 150 * minute)),
    [
      'critical | node runs out of file descriptors at about 01:30 UTC | Forecast · web.service · 4,096 of 4,096 open, +144 a minute',
    ],
  ],
  'it is a little restless': [
    descriptors((minute) => steadily(minute) + (minute % 3) * 20),
    [
      'warning | node runs out of file descriptors at about 07:08 UTC | Forecast · web.service · 700 of 4,096 open, +10 a minute',
    ],
  ],
  'the day before there were fewer in this hour': [
    descriptors(steadily, { kept: yesterday({ '2026-11-22T01': 699, '2026-11-22T00': 4_000 }) }),
    [
      'warning | node runs out of file descriptors at about 07:09 UTC | Forecast · web.service · 700 of 4,096 open, +10 a minute',
    ],
  ],
  'file handles of the machine go to their limit': [
    machine((minute) => ({ fileHandles: { used: 50_000 + 500 * minute, max: 100_000 } })),
    [
      'warning | web-eu-117 runs out of file handles at about 02:40 UTC | Forecast · 65,000 of 100,000 open, +500 a minute',
    ],
  ],
  'local ports go to their end, without those reserved': [
    machine((minute) => ({ ephemeralInUse: 24_000 + 28 * minute, reservedPorts: ['40000-40231'] })),
    [
      'warning | web-eu-117 runs out of local ports at about 03:22 UTC | Forecast · 24,840 of 28,000 in use, +28 a minute',
    ],
  ],
  'processes go to their limit': [
    machine((minute) => ({ processes: { used: 1_000 + 100 * minute, max: 32_768 } })),
    [
      'warning | web-eu-117 runs out of process numbers at about 06:17 UTC | Forecast · 4,000 of 32,768 in use, +100 a minute',
    ],
  ],
};

suite('forecast fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(forecasts(day)), expected));
  }
});

const SILENT: Readonly<Record<string, Day>> = {
  'it is watched for less than half an hour': descriptors(steadily, { until: FROM + 29 * MINUTE + 30 }),
  'it goes up and down': descriptors((minute) => steadily(minute) + (minute % 2) * 400),
  'it falls': descriptors((minute) => 4_000 - 10 * minute),
  'it stays': descriptors(() => 4_000),
  'it would take more than a day': descriptors((minute) => 400 + 2 * minute),
  'it is given back again and again': descriptors((minute) => 100 + ((minute * 100) % 1_500), {
    until: FROM + 60 * MINUTE,
  }),
  'it went up for an hour and was given back': descriptors((minute) => (minute < 58 ? 100 + 60 * minute : 100), {
    until: FROM + 59 * MINUTE + 30,
  }),
  'the day before there were as many in this hour': descriptors(steadily, {
    kept: yesterday({ '2026-11-22T01': 700 }),
  }),
  'there is no limit': descriptors(steadily, {}, WEB.pid, null),
  'each process lasts a few minutes': descriptors(steadily, {
    actors: [1, 2, 3, 4].map((at) => ({ ...WEB, from: FROM + at * 10 * MINUTE, to: FROM + (at + 1) * 10 * MINUTE })),
    until: FROM + 45 * MINUTE,
  }),
  'the kernel does not say': machine(() => ({ fileHandles: null, processes: null, ephemeralInUse: null })),
  'there is no end of file handles': machine((minute) => ({
    fileHandles: { used: 50_000 + 500 * minute, max: 2 ** 63 },
  })),
};

suite('forecast is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(forecasts(day)), []));
  }
});

test('of a process it says what was counted when, and how to see it', () => {
  const [found] = forecasts(descriptors(steadily, { kept: yesterday({ '2026-11-22T01': 50 }) }));
  assert.deepEqual(
    [found?.since, found?.address, found?.port, found?.programKey, found?.sentence],
    [
      timeOf(FROM),
      '127.0.0.1',
      3000,
      'node /srv/web/server.js',
      'File descriptors end at about 07:09 UTC at this pace.',
    ],
  );
  assert.deepEqual(found?.details, {
    resource: 'file-descriptors',
    used: 700,
    limit: 4_096,
    perMinute: 10,
    exhaustedAt: '2026-11-23T07:09:36.000Z',
    pid: 100,
  });
  assert.deepEqual(found.evidence, [
    'node (pid 100): 700 of 4,096 file descriptors open at 23 Nov 01:30:00 UTC, 400 at 23 Nov 01:00:00 UTC.',
    'Over 31 min that is +10 a minute, along a straight line (R² 1.00, medians of each minute).',
    'In the same hour of the day before it was 50 at most.',
    'Pid 100 started 23 Nov 00:00:00 UTC and listens on 127.0.0.1:3000.',
  ]);
  assert.deepEqual(
    found.steps.map(({ command }) => command),
    [
      'sudo ls /proc/100/fd | wc -l',
      "sudo ls -l /proc/100/fd | awk '{print $NF}' | sed 's/:.*//' | sort | uniq -c | sort -rn | head",
      "sudo systemctl restart -- 'web.service'; sleep 5; sudo ss -Hltnp 'sport = :3000'",
    ],
  );
});

test('what was flat before says neither when it began nor how fast it goes', () => {
  const day = descriptors((minute) => 400 + Math.max(0, minute - 25) * 10, { until: FROM + 57 * MINUTE });
  const [found] = forecasts(day);
  assert.ok(found?.kind === 'forecast');
  assert.equal(found.since, timeOf(FROM + 25 * MINUTE));
  assert.equal(found.details.perMinute, 10);
});

test('a step is no slope, however long it was flat before', () => {
  const day = descriptors((minute) => (minute < 30 ? 400 : 900), { until: FROM + 59 * MINUTE });
  assert.deepEqual(forecasts(day), []);
});

test('of the machine it is about no port', () => {
  const [found] = forecasts(machine((minute) => ({ ephemeralInUse: 24_000 + 28 * minute })));
  const { program, programKey, address, port, holders, unit } = found ?? {};
  assert.deepEqual([program, programKey, address, port, unit], ['web-eu-117', 'machine', null, null, null]);
  assert.deepEqual(holders, []);
  assert.match(found?.evidence[2] ?? '', /is not known/);
  assert.deepEqual(found?.steps[0]?.command, 'ss -s');
});

test('each resource is a trouble of its own, and stays it for the next process', () => {
  const all = judged(
    machine((minute) => ({
      fileHandles: { used: 50_000 + 500 * minute, max: 100_000 },
      processes: { used: 1_000 + 100 * minute, max: 32_768 },
    })),
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, 2);
  const next = descriptors(steadily, { actors: [{ ...WEB, pid: 200 }] }, 200);
  assert.deepEqual(
    forecasts(next).map(({ id }) => id),
    forecasts(descriptors(steadily)).map(({ id }) => id),
  );
});

test('of the processes of a program it tells of the first that is there, on its lowest port', () => {
  const day = descriptors(steadily, {
    actors: [
      { ...WEB, ports: [3002, 3001] },
      { ...WEB, pid: 200, ports: [3003] },
    ],
  });
  const both: Day['seen'] = (look) => ({
    ...look,
    listeners: (day.seen?.(look).listeners ?? []).map((listener) => ({
      ...listener,
      holders: listener.holders.map((holder) =>
        holder.pid === 200 ? { ...holder, fileDescriptors: { open: 2 * (listener.port % 10), limit: 8 } } : holder,
      ),
    })),
  });
  const found = forecasts({ ...day, seen: both });
  assert.deepEqual(
    found.map(({ port, holders }) => [port, holders.map(({ pid }) => pid)]),
    [[3001, [100]]],
  );
});

test('of two that are on their way it tells of the faster one, whatever its port', () => {
  const day = descriptors(steadily, { actors: [WEB, { ...WEB, pid: 200, ports: [3003] }] });
  const both: Day['seen'] = (look) => ({
    ...look,
    listeners: (day.seen?.(look).listeners ?? []).map((listener) => ({
      ...listener,
      holders: listener.holders.map((holder) => {
        const open = 2 * steadily(minuteOf((Date.parse(look.takenAt) - Date.parse(timeOf(0))) / 1000));
        return holder.pid === 200 ? { ...holder, fileDescriptors: { open, limit: 4_096 } } : holder;
      }),
    })),
  });
  assert.deepEqual(
    forecasts({ ...day, seen: both }).map(({ port }) => port),
    [3003],
  );
});

test('a ladder of the program is mended first', () => {
  const climb = [0, 1, 2, 3].map((at): Actor => ({
    ...WEB,
    pid: 100 + at,
    from: FROM + at * 60,
    ports: [3000 + at],
    is: { unit: null },
  }));
  const found = forecasts(descriptors(steadily, { actors: climb, until: FROM + 36 * MINUTE }, 103));
  assert.deepEqual(
    found[0]?.causes.map(({ kind, port }) => [kind, port]),
    [['ladder', 3000]],
  );
  assert.match(found[0].steps[0]?.title ?? '', /^Mend its ladder first: /);
  assert.match(found[0].evidence.join('\n'), /Ladder since .*: node climbs from 3000 up to 3003\./);
});
