import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';

const HOUR = 3600;
const OPENER: Actor = { pid: 100, from: 0, to: HOUR, ports: [3000], socket: 'inherited' };
const sleep = { program: 'sleep', programKey: 'sleep /bin/sleep' };
const HEIR: Actor = { pid: 110, from: 10, ports: [3000], socket: 'inherited', is: sleep };
const until = (second: number, actors: readonly Actor[]): Day => ({ actors, until: second });

const UNDER_PM2 = { parentPid: 50, ancestors: [50], unit: 'pm2-web.service' };

function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) =>
    finding.kind === 'stale-holder'
      ? `${finding.severity} ${finding.port} ${finding.details.cause} ${finding.details.pid} newer ${finding.details.newerPid}`
      : finding.kind,
  );
}

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'the opener is gone and another program holds its home': [
    until(HOUR + 40, [OPENER, HEIR]),
    ['critical 3000 inherited 110 newer null'],
  ],
  'what it held was no home': [until(160, [{ ...OPENER, to: 120 }, HEIR]), ['warning 3000 inherited 110 newer null']],
  'an orphan shares the home of the newest by SO_REUSEPORT for more than a hand-over': [
    until(HOUR + 40, [
      { pid: 100, from: 0, ports: [3000] },
      { pid: 200, from: HOUR, ports: [3000] },
    ]),
    ['critical 3000 ignored-sigterm 100 newer 200'],
  ],
  'a process manager started both, one after the other': [
    until(HOUR + 40, [
      { pid: 100, from: 0, ports: [3000], is: UNDER_PM2 },
      { pid: 200, from: HOUR, ports: [3000], is: UNDER_PM2 },
    ]),
    ['critical 3000 ignored-sigterm 100 newer 200'],
  ],
};

suite('stale holder stands alone when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(judged(day)), expected));
  }
});

const SILENT: Readonly<Record<string, Day>> = {
  'the opener is gone for less than a hand-over': until(HOUR + 29, [OPENER, HEIR]),
  'the opener is there': until(HOUR - 1, [OPENER, HEIR]),
  'workers of the same program hold the socket on': until(HOUR + 60, [OPENER, { ...HEIR, is: { parentPid: 1 } }]),
  'PID 1 holds the socket, too': until(HOUR + 60, [
    OPENER,
    HEIR,
    { pid: 1, from: -10, ports: [3000], socket: 'inherited', is: { program: 'systemd' } },
  ]),
  'the opener became another program by exec': until(HOUR + 60, [
    { ...OPENER, is: { startTicks: 7 } },
    { ...OPENER, from: HOUR, to: undefined, is: { ...sleep, startTicks: 7 } },
  ]),
  'docker-proxy is what is left': until(HOUR + 60, [
    { ...OPENER, is: { program: 'docker-proxy', programKey: 'docker-proxy /usr/bin/docker-proxy' } },
    { ...HEIR, is: { program: 'docker-proxy', programKey: 'docker-proxy /usr/bin/docker-proxy' } },
  ]),
  'the two share the port for less than a hand-over': until(HOUR + 29, [
    { pid: 100, from: 0, ports: [3000] },
    { pid: 200, from: HOUR, ports: [3000] },
  ]),
  'children of one parent share the port': until(HOUR + 60, [
    { pid: 100, from: 0, ports: [3000], is: { parentPid: 50, ancestors: [50] } },
    { pid: 200, from: HOUR, ports: [3000], is: { parentPid: 50, ancestors: [50] } },
  ]),
  'a process manager runs several, and started one of them again': until(2 * HOUR, [
    { pid: 100, from: 0, ports: [3000], is: UNDER_PM2 },
    { pid: 101, from: 1, to: HOUR + 1, ports: [3000], is: UNDER_PM2 },
    { pid: 201, from: HOUR + 2, ports: [3000], is: UNDER_PM2 },
  ]),
  'of several it started again each was younger than a batch': until(3 * HOUR, [
    { pid: 100, from: 0, ports: [3000], is: UNDER_PM2 },
    { pid: 101, from: 1, ports: [3000], is: UNDER_PM2 },
    { pid: 102, from: 2, to: HOUR, ports: [3000], is: UNDER_PM2 },
    { pid: 202, from: HOUR + 2, ports: [3000], is: UNDER_PM2 },
  ]),
  'an orphan and the newest hold one socket': until(HOUR + 60, [
    { pid: 100, from: 0, ports: [3000], socket: 'one' },
    { pid: 200, from: HOUR, ports: [3000], socket: 'one' },
  ]),
  'a batch shares the port': until(60, [
    { pid: 100, from: 0, ports: [3000] },
    { pid: 200, from: 5, ports: [3000] },
  ]),
};

suite('stale holder is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});

test('it was left behind when its opener was gone', () => {
  const [found] = judged(until(HOUR + 40, [OPENER, HEIR]));
  assert.equal(found?.since, timeOf(HOUR));
});

test('with a drift there is one finding, at once, and the stale holder is its cause', () => {
  const [found, ...others] = judged(until(HOUR + 2, [OPENER, HEIR, { pid: 200, from: HOUR + 1, ports: [3001] }]));
  assert.deepEqual([found?.kind, others.length], ['drift', 0]);
  assert.deepEqual(
    found?.causes.map(({ kind, cause, pid }) => [kind, cause, pid]),
    [['stale-holder', 'inherited', 110]],
  );
  assert.match(found.evidence.join('\n'), /did not open the socket/);
});
