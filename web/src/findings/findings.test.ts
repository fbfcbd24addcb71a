import assert from 'node:assert/strict';
import test from 'node:test';
import { drift } from '../test/findings.ts';
import { causeBadges, flappingText, subtitleText } from './finding-badges.ts';
import { byUrgency } from './finding-kinds.ts';
import { inFrozenOrder } from './frozen-order.ts';
import { commandText } from '../ui/command-text.ts';
import { stepsText } from './steps-text.ts';

const items = (...ids: readonly string[]) => ids.map((id, version) => ({ id, version }));

test('while the order is frozen nothing moves: what is new waits, what is gone stays', () => {
  const { rows, newOnes } = inFrozenOrder(items('drift', 'ladder'), items('worse', 'ladder', 'other'));
  assert.deepEqual(
    rows.map(({ item, isGone }) => [item.id, item.version, isGone]),
    [
      ['drift', 0, true],
      ['ladder', 1, false],
    ],
  );
  assert.equal(newOnes, 2);
});

test('the worst finding comes first, of equal ones the oldest', () => {
  const finding = (severity: 'critical' | 'warning' | 'notice', minute: number) => ({
    severity,
    since: `2026-11-23T02:0${minute}:00.000Z`,
  });
  const sorted = [finding('notice', 1), finding('warning', 0), finding('critical', 5), finding('critical', 2)].sort(
    byUrgency,
  );
  assert.deepEqual(
    sorted.map(({ severity, since }) => `${severity} ${since.slice(14, 16)}`),
    ['critical 02', 'critical 05', 'warning 00', 'notice 01'],
  );
});

test('all commands are copied below their titles, which no shell could run', () => {
  const steps = [
    { title: 'Stop the climb', command: 'sudo systemctl stop -- "web.service"' },
    { title: 'End $(reboot); use `-KILL`\nrm -rf /', command: 'sudo kill -TERM 18231\nsleep 10' },
  ];
  assert.equal(
    stepsText(steps),
    '# Stop the climb\nsudo systemctl stop -- "web.service"\n\n' +
      '# End __reboot_, use _-KILL__rm -rf /\nsudo kill -TERM 18231\nsleep 10\n',
  );
});

test('a command keeps its lines and hides nothing', () => {
  assert.equal(commandText('kill 1\u202e2\nsleep 1\r'), 'kill 1\\u202e2\nsleep 1\\u000d');
});

test('causes are badges, one for each kind, with the processes they are about', () => {
  const since = '2026-11-23T02:41:09.000Z';
  const left = (port: number, pid: number) => ({ kind: 'stale-holder', port, pid, since }) as const;
  const badges = causeBadges([
    left(3000, 18231),
    left(3001, 20114),
    { kind: 'wedged', port: 3000, pid: 18231, since },
    { kind: 'missing', port: 3000, pid: null, since },
  ]);
  assert.deepEqual(
    badges.map(({ text, detail }) => [text, detail]),
    [
      ['2 stale holders', 'pid 18231 on 3000, pid 20114 on 3001'],
      ['Wedged', 'pid 18231 on 3000'],
      ['Missing', 'port 3000'],
    ],
  );
  const many = Array.from({ length: 100 }, (_, index) => left(3000 + index, 1000 + index));
  assert.match(causeBadges(many)[0]?.detail ?? '', /^pid 1000 on 3000, .+, pid 1004 on 3004, 95 more$/);
});

test('what flaps says how often it opened in how long, once', () => {
  const since = '2026-11-23T02:41:09.000Z';
  assert.equal(flappingText({ count: 4, since }, Date.parse(since) + 200_000), 'flapping · opened 4 times in 3 min');
  const subtitle = 'Drift · web.service · flapping, opened 4 times since 02:41:09 UTC';
  assert.equal(subtitleText(drift({ subtitle, flapping: { count: 4, since } })), 'Drift · web.service');
  assert.equal(subtitleText(drift({ subtitle })), subtitle);
});
