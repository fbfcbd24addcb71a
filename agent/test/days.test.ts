/** Days of machines, replayed with a clock of their own: ordinary ones say nothing, and an incident is one finding from its beginning to its end. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test, type TestContext } from 'node:test';
import type { Finding, FindingKind, Severity } from '../src/contract.ts';
import { parseDay } from '../days/day-format.ts';
import { replayed, type Replayed } from '../days/replayed.ts';

const DAYS = new URL('../days/', import.meta.url);
const LEAST_FACTOR = 100;

/** Each ordinary day, and what little is said of it. */
const NOTICES: Readonly<Record<string, readonly string[]>> = {
  ci: [],
  db: [],
  desktop: [],
  k8s: [],
  // Between the new program file and the end of the upgrade by signals.
  nginx: ['09:12:15 to 09:12:25 nginx runs a program file that was replaced'],
  pm2: [],
  ssh: [],
  supervisor: [],
};

interface Incident {
  readonly kind: FindingKind;
  readonly worst: Severity;
  readonly title: string;
  /** From what to what the finding must say that it was, by the clock of the script that made the trouble. */
  readonly began: string;
  readonly ended: string;
  /** How long the rule waits before it speaks, and before it is silent again. */
  readonly waits: number;
  readonly calms?: number;
  /** What it was found as, where it became another kind. */
  readonly firstAs?: FindingKind;
}

const INCIDENTS: Readonly<Record<string, Incident>> = {
  cycling: {
    ...{ kind: 'cycling', worst: 'warning', title: 'node opens and drops 7500 every 10 s' },
    ...{ began: '2026-11-24T02:51:21Z', ended: '2026-11-24T02:53:51Z' },
    // The fifth generation; three periods without a sixteenth.
    ...{ waits: 4 * 9, calms: 3 * 9 },
  },
  exposed: {
    ...{ kind: 'exposed', worst: 'warning', title: 'redis-check-rdb 6379 is open on every interface' },
    ...{ began: '2026-11-24T04:51:15Z', ended: '2026-11-24T05:31:22Z', waits: 0 },
  },
  ladder: {
    ...{ kind: 'ladder', firstAs: 'drift', worst: 'critical', title: 'node climbs from 3000 up to 3013' },
    // The first restart that left a process behind; the repair, six hours and a deploy later.
    ...{ began: '2026-11-24T04:46:25Z', ended: '2026-11-24T10:51:36Z', waits: 0 },
  },
  leak: {
    ...{ kind: 'leak', worst: 'warning', title: 'node holds 25 ports and opens more' },
    // The tenth port, six and a half minutes after the first one; the restart.
    ...{ began: '2026-11-24T02:27:36Z', ended: '2026-11-24T02:37:04Z', waits: 0 },
  },
  missing: {
    ...{ kind: 'missing', worst: 'warning', title: 'Nothing listens on 7400' },
    ...{ began: '2026-11-25T01:51:15Z', ended: '2026-11-25T02:21:57Z', waits: 30 },
  },
  wedged: {
    ...{ kind: 'wedged', worst: 'critical', title: 'python3.11 on 2525 accepts no connections' },
    // The first client after it got stuck came two seconds later: that one was accepted and kept, the next one waited.
    ...{ began: '2026-11-24T02:51:33Z', ended: '2026-11-24T02:53:31Z', waits: 10 },
  },
};

/** Looks are a second apart, and scripts tell whole seconds. */
const LATE_SECONDS = 3;

const dayOf = (path: string) => parseDay(readFileSync(new URL(path, DAYS), 'utf8'));

function replay(context: TestContext, path: string): Replayed {
  const result = replayed(dayOf(path));
  const factor = result.seconds / result.tookSeconds;
  context.diagnostic(`${path}: ${(result.seconds / 3600).toFixed(1)} h at ×${Math.round(factor)}`);
  assert.ok(factor >= LEAST_FACTOR, `only ×${factor}`);
  return result;
}

const namesIn = (folder: string) =>
  readdirSync(new URL(folder, DAYS), 'utf8').map((file) => file.replace(/\.jsonl$/, ''));
const secondsAfter = (instant: string, other: string) => (Date.parse(other) - Date.parse(instant)) / 1000;
const isSoonAfter = (instant: string, other: string, what: string) => {
  const late = secondsAfter(instant, other);
  assert.ok(late >= 0 && late <= LATE_SECONDS, `${what}: ${other}, ${late} s after ${instant}`);
};
const later = (instant: string, seconds: number) => new Date(Date.parse(instant) + seconds * 1000).toISOString();

const timesOf = ({ last, openedAt, closedAt }: Replayed['found'][0]) => [
  ...[last.id, last.since, last.detectedAt],
  ...[openedAt, closedAt],
];
const alarmsOf = (found: Replayed['found']) =>
  found.filter(({ worst }) => worst !== 'notice').map(({ finding, openedAt }) => [openedAt, finding.title]);

suite('ordinary days', () => {
  test('what is said of each is known', () => {
    assert.deepEqual(namesIn('ordinary').sort(), Object.keys(NOTICES).sort());
  });

  for (const [name, notices] of Object.entries(NOTICES)) {
    test(`${name}: nothing above a notice`, (context) => {
      const { found } = replay(context, `ordinary/${name}.jsonl`);
      assert.deepEqual(alarmsOf(found), []);
      const clock = (instant: string | null) => instant?.slice(11, 19) ?? 'the end';
      assert.deepEqual(
        found.map(({ last, openedAt, closedAt }) => `${clock(openedAt)} to ${clock(closedAt)} ${last.title}`),
        notices,
      );
    });

    test(`${name}: nor when the agent is restarted each hour`, () => {
      assert.deepEqual(alarmsOf(replayed(dayOf(`ordinary/${name}.jsonl`), 3600).found), []);
    });
  }
});

suite('days with an incident', () => {
  test('each one is told of', () => {
    assert.deepEqual(namesIn('incidents').sort(), [...Object.keys(INCIDENTS), 'forecast'].sort());
  });

  for (const [name, incident] of Object.entries(INCIDENTS)) {
    test(`${name}: one finding, from its beginning to its end`, (context) => {
      const { found } = replay(context, `incidents/${name}.jsonl`);
      assert.deepEqual(
        found.map(({ last, worst }) => [last.kind, worst, last.title]),
        [[incident.kind, incident.worst, incident.title]],
      );
      const [{ finding, last, openedAt, closedAt }] = found as [Replayed['found'][0]];
      assert.equal(finding.kind, incident.firstAs ?? incident.kind);
      isSoonAfter(incident.began, finding.since, 'since');
      assert.equal(last.since, finding.since, 'it never says otherwise');
      isSoonAfter(later(finding.since, incident.waits), openedAt, 'found');
      isSoonAfter(later(incident.ended, incident.calms ?? 0), closedAt ?? 'never', 'closed');
    });
  }

  test('ladder: the deploy is a rung like the others', (context) => {
    const { found } = replay(context, 'incidents/ladder.jsonl');
    const [{ last, openedAt, closedAt }] = found as [Replayed['found'][0]];
    assert.ok(secondsAfter(openedAt, closedAt!) > 6 * 3600);
    const { ports, pids, home } = (last as Finding & { kind: 'ladder' }).details;
    const rungs = Array.from({ length: 14 }, (_, at) => 3000 + at);
    assert.deepEqual([ports, pids.length, home.port], [rungs, 14, 3000]);
    assert.equal(last.severity, 'critical');
  });

  for (const name of ['ladder', 'missing', 'exposed']) {
    test(`${name}: restarts of the agent change nothing`, () => {
      const [always, restarted] = [Infinity, 1000].map((each) => replayed(dayOf(`incidents/${name}.jsonl`), each));
      assert.deepEqual(restarted!.found.map(timesOf), always!.found.map(timesOf));
    });
  }

  test('forecast: one finding from when descriptors began to grow until the restart', (context) => {
    const { found } = replay(context, 'incidents/forecast.jsonl');
    assert.deepEqual(
      found.map(({ finding, worst }) => [finding.kind, worst]),
      [['forecast', 'critical']],
    );
    const [{ finding, last, openedAt, closedAt }] = found as [Replayed['found'][0]];
    // One descriptor each six seconds, of 1024.
    const [grewFrom, restartedAt, fullAt] = ['2026-11-24T02:21:04Z', '2026-11-24T03:03:04Z', '2026-11-24T04:03:00Z'];
    isSoonAfter(restartedAt, closedAt!, 'closed');
    assert.equal(last.since, finding.since, 'it never says otherwise');
    // It is told by the minute: that of the last reading before.
    const early = secondsAfter(finding.since, grewFrom);
    assert.ok(early >= 0 && early <= 120, `since ${early} s before it grew`);
    const grewFor = secondsAfter(grewFrom, openedAt);
    assert.ok(grewFor >= 10 * 60 && grewFor <= 31 * 60, `found after ${grewFor} s`);
    const { exhaustedAt } = (last as Finding & { kind: 'forecast' }).details;
    assert.ok(Math.abs(secondsAfter(fullAt, exhaustedAt)) <= 300, exhaustedAt);
  });
});
