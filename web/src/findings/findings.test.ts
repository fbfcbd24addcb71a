import assert from 'node:assert/strict';
import test from 'node:test';
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
