import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';

const HOUR = 3600;
const WEB: Actor = { pid: 100, from: 0, ports: [3000] };
const replaced = { executableDeleted: true };
const inService = { unit: 'web.service', scope: 'system' } as const;

/** Its program file is replaced at this second, while it runs. */
const replacedFrom =
  (from: number, pid = WEB.pid): NonNullable<Day['seen']> =>
  (look) => ({
    ...look,
    listeners: look.listeners.map((listener) => ({
      ...listener,
      holders: listener.holders.map((holder) =>
        holder.pid === pid && look.takenAt >= timeOf(from) ? { ...holder, executableDeleted: true } : holder,
      ),
    })),
  });

const outdated = (day: Day) => judged(day).filter(({ kind }) => kind === 'outdated-executable');
const said = (findings: readonly Finding[]) =>
  findings.map(({ severity, title, subtitle }) => [severity, title, subtitle].join(' | '));
const TITLE = 'notice | node runs a program file that was replaced | Outdated executable';

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'its file is replaced while it runs': [
    { actors: [{ ...WEB, is: inService }], until: HOUR + 31, closely: [HOUR, HOUR], seen: replacedFrom(HOUR) },
    [`${TITLE} · web.service · running since 23 Nov 00:00:00 UTC, replaced 23 Nov 01:00:00 UTC`],
  ],
  'it opened a lower port after that': [
    {
      actors: [
        { ...WEB, is: inService },
        { ...WEB, is: inService, ports: [80], opens: HOUR + 10 },
      ],
      until: HOUR + 31,
      closely: [HOUR, HOUR],
      seen: replacedFrom(HOUR),
    },
    [`${TITLE} · web.service · running since 23 Nov 00:00:00 UTC, replaced 23 Nov 01:00:00 UTC`],
  ],
  'it was replaced before the agent looked': [
    { actors: [{ ...WEB, is: replaced }], until: HOUR + 30, agentFrom: HOUR },
    [`${TITLE} · running since 23 Nov 00:00:00 UTC, replaced before the agent saw it`],
  ],
  'it listens on several ports': [
    { actors: [{ ...WEB, ports: [3001, 3000, 3002], is: replaced }], until: 10 },
    [`${TITLE} · running since 23 Nov 00:00:00 UTC, replaced before the agent saw it`],
  ],
  'its workers, too': [
    {
      actors: [
        { ...WEB, is: replaced, socket: 'web' },
        { ...WEB, pid: 101, from: HOUR, socket: 'web', is: { parentPid: 100, ancestors: [100] } },
      ],
      until: HOUR + 60,
    },
    [`${TITLE} · running since 23 Nov 00:00:00 UTC, replaced before the agent saw it`],
  ],
};

suite('outdated executable fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(outdated(day)), expected));
  }
});

const SILENT: Readonly<Record<string, Day>> = {
  'the file is there': { actors: [WEB], until: HOUR },
  'a newer process runs the new file': {
    actors: [
      { ...WEB, is: replaced },
      { ...WEB, pid: 200, from: HOUR },
    ],
    until: HOUR + 10,
  },
  'it was started anew': {
    actors: [
      { ...WEB, to: HOUR, is: replaced },
      { ...WEB, pid: 200, from: HOUR + 2 },
    ],
    until: HOUR + 10,
  },
  'it never was a file': { actors: [{ ...WEB, is: { ...replaced, executable: '/memfd:loader' } }], until: 10 },
  'it runs in a container': {
    actors: [
      {
        ...WEB,
        is: { ...replaced, scope: 'container', container: { id: 'a'.repeat(64), runtime: 'docker', pod: null } },
      },
    ],
    until: 10,
  },
  'it forwards ports of a login': { actors: [{ ...WEB, is: { ...replaced, program: 'sshd' } }], until: 10 },
};

suite('outdated executable is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(outdated(day)), []));
  }
});

test('it says what was seen, and how to put it right', () => {
  const [found] = outdated({
    actors: [{ ...WEB, is: inService }],
    until: HOUR + 31,
    closely: [HOUR, HOUR],
    seen: replacedFrom(HOUR),
  });
  assert.deepEqual([found?.since, found?.port, found?.programKey], [timeOf(HOUR), 3000, 'node /srv/web/server.js']);
  assert.deepEqual(found?.details, { pid: 100, executable: '/usr/bin/node' });
  assert.deepEqual(found.evidence, [
    'node (pid 100), started 23 Nov 00:00:00 UTC, runs /usr/bin/node, which is not there any more.',
    'At 23 Nov 01:00:00 UTC it was first seen replaced.',
    'No newer process of the program listens; this one holds 127.0.0.1:3000.',
  ]);
  assert.deepEqual(
    found.steps.map(({ command }) => command),
    ['sudo ls -l /proc/100/exe', "sudo systemctl restart -- 'web.service'; sleep 5; sudo ss -Hltnp 'sport = :3000'"],
  );
});
