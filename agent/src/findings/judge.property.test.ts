import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Finding, Holder, Listener, Snapshot } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';

const HOUR = 3600;
const sleep = { program: 'sleep', programKey: 'sleep /bin/sleep' };
const RUNGS = [0, 1, 2, 3].map((at): Actor => ({ pid: 100 + at, from: at * 240, ports: [3000 + at] }));
const DAYS: Readonly<Record<string, Day>> = {
  drift: {
    actors: [
      { pid: 100, from: 0, ports: [3000], socket: 'old' },
      { pid: 101, from: 5, ports: [3000], socket: 'old', is: { parentPid: 100, ancestors: [100] } },
      { pid: 200, from: HOUR, ports: [3001] },
      { pid: 300, from: 1, ports: [['0.0.0.0', 80]], is: { program: 'nginx', programKey: 'nginx /usr/sbin/nginx' } },
    ],
    until: HOUR + 2,
  },
  ladder: { actors: RUNGS, until: 800 },
  'ladder in a container': {
    actors: RUNGS.map((actor) => ({ ...actor, namespace: '4026532100' })),
    until: 800,
  },
  'stale holder': {
    actors: [
      { pid: 100, from: 0, to: HOUR, ports: [3000], socket: 'inherited' },
      { pid: 110, from: 10, ports: [3000], socket: 'inherited', is: sleep },
    ],
    until: HOUR + 40,
  },
  'wedged process': {
    actors: [
      {
        pid: 100,
        from: 0,
        ports: [3000],
        is: { state: 'T' },
        shows: () => ({ acceptQueue: 5, acceptQueueStuckSince: timeOf(5) }),
      },
    ],
    until: 90,
  },
  cycle: {
    actors: [0, 1, 2, 3, 4, 5, 6].map((at): Actor => ({
      pid: 100 + at,
      from: at * 9,
      to: at * 9 + 5 + (at % 3),
      ports: [3000, 3010],
    })),
    until: 6 * 9 + 5,
  },
  leak: {
    actors: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 610, 810, 1010].map((opens, at): Actor => ({
      pid: 100,
      from: 0,
      opens,
      ports: [3000 + at],
      socket: `port ${at}`,
    })),
    agentFrom: 590,
    until: 1192,
  },
};

const shuffled = <T>(items: readonly T[], order: readonly number[]): readonly T[] =>
  items
    .map((item, at) => ({ item, place: order[at % order.length]! }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

const changed = (snapshot: Snapshot, change: (listener: Listener) => Listener): Snapshot => ({
  ...snapshot,
  listeners: snapshot.listeners.map(change),
});

for (const [kind, day] of Object.entries(DAYS)) {
  suite(`of a ${kind}`, () => {
    const known = judged(day);

    test('there is one finding', () => {
      assert.equal(known.length, 1);
    });

    test('the order of rows does not matter', () => {
      fc.assert(
        fc.property(fc.array(fc.nat(), { minLength: 3, maxLength: 9 }), (order) => {
          const seen = (look: Snapshot) => ({ ...look, listeners: shuffled(look.listeners, order) });
          assert.deepEqual(judged({ ...day, seen }), known);
        }),
        { numRuns: 40 },
      );
    });

    test('other pids and inodes leave ids, times and texts but for the numbers unchanged', () => {
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 90_000 }), fc.integer({ min: 1, max: 1e6 }), (pids, inodes) => {
          const renumber = (holder: Holder): Holder => ({
            ...holder,
            pid: holder.pid + pids,
            ancestors: holder.ancestors.map((pid) => pid + pids),
            parentPid: holder.parentPid === 1 ? 1 : Number(holder.parentPid) + pids,
          });
          const seen = (look: Snapshot) =>
            changed(look, (listener) => ({
              ...listener,
              inode: String(Number(listener.inode) + inodes),
              holders: listener.holders.map(renumber),
            }));
          const named = ({ id, groupId, kind: is, since, detectedAt, title }: Finding) => [
            id,
            groupId,
            is,
            since,
            detectedAt,
            title,
          ];
          assert.deepEqual(judged({ ...day, seen }).map(named), known.map(named));
        }),
        { numRuns: 40 },
      );
    });

    test('hostile names never enter a command', () => {
      const hostile = fc.oneof(
        fc.constantFrom(
          '$(reboot)',
          '`id`',
          "'; rm -rf / #",
          '<img onerror=alert(1)>',
          '\u202egpj.exe',
          '--help',
          'a b',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      );
      fc.assert(
        fc.property(hostile, hostile, (name, unit) => {
          const rename = (holder: Holder): Holder => ({
            ...holder,
            program: name,
            executable: `/tmp/${name}`,
            commandLine: [name, unit],
            user: name,
            unit: `${unit}.service`,
            programKey: holder.programKey === 'sleep /bin/sleep' ? `other ${name}` : name,
          });
          const seen = (look: Snapshot) =>
            changed(look, (listener) => ({ ...listener, holders: listener.holders.map(rename) }));
          for (const { steps } of judged({ ...day, seen })) for (const { command } of steps) assertSafe(command);
        }),
        { numRuns: 200 },
      );
    });
  });
}

/** Every command Portlight ever gives, as a pattern: nothing else may stand in it. */
function assertSafe(command: string): void {
  const ss = String.raw`sudo (?:nsenter -n -t \d+ )?ss (?:-Hltnp|-Htanp|-ltn) '(?:sport = :\d+(?: or )?)+'`;
  const shown = String.raw`(?:${ss}|sudo portlight ports --port \d+)`;
  const loop = String.raw`for one in (?:\d+:\d+ ?)+; do sudo (?:nsenter -n -t "\$\{one#\*:\}" )?ss -Hltnp "sport = :\$\{one%:\*\}" \| grep -q "pid=\$\{one#\*:\},"`;
  const name = String.raw`'[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*'`;
  const unit = `-- ${name}`;
  const patterns = [
    shown,
    `${ss} \\| grep -q 'pid=\\d+,' && sudo kill -(?:TERM|CONT) \\d+`,
    String.raw`sudo (?:nsenter -n -t \d+ )?ss -Hltnp \| grep -c 'pid=\d+,'`,
    String.raw`sudo cat /proc/\d+/wchan`,
    `${loop} && sudo kill -TERM "\\$\\{one#\\*:\\}"; done`,
    String.raw`ps -o pid,ppid,user,lstart,args -p \d+(?:,\d+)*`,
    `sudo systemctl stop ${unit}`,
    `sudo systemctl (?:re)?start ${unit}; sleep 5; ${shown}`,
    `systemctl status --no-pager ${unit}`,
    `journalctl --no-pager -n 50 -u ${name}`,
    `systemctl show -p KillMode -p TimeoutStopUSec -p Restart ${unit}`,
  ];
  assert.ok(
    patterns.some((pattern) => new RegExp(`^${pattern}$`).test(command)),
    command,
  );
}
