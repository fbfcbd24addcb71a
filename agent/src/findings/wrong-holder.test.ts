import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Expectation } from '../contract.ts';
import { judged, type Day } from '../../test/day.ts';
import { inUnit, java, web } from '../../test/services-day.ts';
import { declared, said, told } from '../../test/stale-day.ts';

const other = { pid: 300, from: 0, ports: [3000], is: java };
const init = { pid: 1, from: 0, ports: [3000], socket: 'activated', is: { program: 'systemd', unit: 'init.scope' } };

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'the unit is another one': [
    { actors: [other], until: 2, expectations: [declared({ unit: 'web.service' })] },
    ['wrong-holder 3000'],
  ],
  'the executable is another one, by name': [
    { actors: [other], until: 2, expectations: [declared({ exe: 'node' })] },
    ['wrong-holder 3000'],
  ],
  'the executable is another one, by path': [
    { actors: [other], until: 2, expectations: [declared({ exe: '/usr/bin/node' })] },
    ['wrong-holder 3000'],
  ],
  'the user is another one': [
    { actors: [other], until: 2, expectations: [declared({ user: 'nobody' })] },
    ['wrong-holder 3000'],
  ],
  'the executable is another one that begins alike': [
    {
      actors: [{ ...other, is: { ...java, program: 'javac' } }],
      until: 2,
      expectations: [declared({ exe: 'java' })],
    },
    ['wrong-holder 3000'],
  ],
  'on a wildcard that takes its connections': [
    {
      actors: [{ ...other, ports: [['0.0.0.0', 3000]] }],
      until: 2,
      expectations: [declared({ exe: 'node' })],
    },
    ['wrong-holder 3000'],
  ],
  'PID 1 opened it for another program': [
    {
      actors: [init, { ...other, socket: 'activated' }],
      until: 2,
      expectations: [declared({ exe: 'node' })],
    },
    ['wrong-holder 3000'],
  ],
  'the program it belongs to is elsewhere: a drift tells of it': [
    {
      actors: [other, web({ pid: 200, from: 5, ports: [3001] })],
      until: 10,
      expectations: [declared({ unit: 'web.service' })],
    },
    ['drift 3000→3001 wrong-holder 300'],
  ],
  'told its home, which another program holds: a drift tells of it': [
    {
      actors: [other, web({ pid: 200, from: 5, ports: [3001], is: { ...inUnit('web.service'), ...told(3000) } })],
      until: 10,
    },
    ['drift 3000→3001 wrong-holder 300'],
  ],
};

const SILENT: Readonly<Record<string, Day>> = {
  'nothing is declared of the holder': { actors: [other], until: 2, expectations: [declared()] },
  'the right one holds it': { actors: [web()], until: 2, expectations: [declared({ unit: 'web.service' })] },
  'the right executable, of which the link is declared': {
    actors: [web({ is: { program: 'python3.11', executable: '/usr/bin/python3.11' } })],
    until: 2,
    expectations: [declared({ exe: '/usr/bin/python3' })],
  },
  'the right user, by number': { actors: [web()], until: 2, expectations: [declared({ user: '1000' })] },
  'a worker of the right one is among the holders': {
    actors: [{ ...other, socket: 'shared' }, web({ from: 1, socket: 'shared' })],
    until: 3,
    expectations: [declared({ unit: 'web.service' })],
  },
  'the right one serves on the alternative': {
    actors: [other, web({ from: 1, ports: [3100] })],
    until: 3,
    expectations: [
      declared({
        unit: 'web.service',
        places: [
          { address: '127.0.0.1', port: 3000 },
          { address: '127.0.0.1', port: 3100 },
        ],
      }),
    ],
  },
  'PID 1 holds it for a service that has not started yet': {
    actors: [init],
    until: 2,
    expectations: [declared({ exe: 'node' })],
  },
  'its executable may not be read': {
    actors: [{ ...other, is: { ...java, executable: null } }],
    until: 2,
    expectations: [declared({ exe: '/usr/bin/node' })],
  },
  'another port of that program': {
    actors: [web(), { ...other, ports: [8080] }],
    until: 2,
    expectations: [declared({ unit: 'web.service' })],
  },
  'another network namespace': {
    actors: [web(), { ...other, namespace: '4026532100' }],
    until: 2,
    expectations: [declared({ unit: 'web.service' })],
  },
  'its holder is not known': {
    actors: [other],
    until: 2,
    expectations: [declared({ unit: 'web.service' })],
    seen: (look) => ({
      ...look,
      listeners: look.listeners.map((one) => ({ ...one, holders: [], holdersUnknown: 'denied' })),
    }),
  },
};

suite('wrong holder fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => {
      const findings = judged(day);
      assert.deepEqual(said(findings), expected);
      assert.equal(findings[0]?.severity, 'critical');
    });
  }
});

suite('wrong holder is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});

test('what it says', () => {
  const [found] = judged({
    actors: [other],
    until: 2,
    expectations: [declared({ unit: 'web.service', exe: '/usr/bin/node' })],
  });
  assert.ok(found?.kind === 'wrong-holder');
  assert.equal(found.title, 'java holds 3000, which belongs to node');
  assert.equal(found.subtitle, 'Wrong holder · web.service · declared 127.0.0.1:3000');
  assert.equal(found.sentence, "java holds node's port 3000.");
  assert.equal(
    found.why,
    'web is declared to be on 127.0.0.1:3000 and its unit is java.service instead of web.service and its executable is /usr/bin/java instead of /usr/bin/node.',
  );
  assert.deepEqual(found.details, {
    home: { address: '127.0.0.1', port: 3000, source: 'declared', support: null },
    pid: 300,
  });
});

test('it is told by another name than its holder’s', () => {
  const named = (expectation: Partial<Expectation>) =>
    judged({ actors: [other], until: 2, expectations: [declared(expectation)] })[0]?.title;
  assert.equal(named({ user: 'nobody' }), 'java holds 3000, which belongs to web');
  assert.equal(named({ name: 'java', exe: 'java', user: 'nobody' }), 'java holds 3000, which belongs to user nobody');
  assert.equal(named({ name: 'java', unit: 'shop.service' }), 'java holds 3000, which belongs to shop.service');
});

test('the wrong one does not make it its home by staying', () => {
  const expectations = [declared({ unit: 'web.service' })];
  const gone = { ...other, to: 3 * 3600 };
  const restarted = { ...other, pid: 301, from: 3 * 3600 + 2, ports: [8080] };
  const findings = judged({ actors: [gone, restarted, web({ from: 3 * 3600 + 1 })], until: 4 * 3600, expectations });
  assert.deepEqual(said(findings), []);
});
