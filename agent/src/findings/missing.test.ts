import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Expectation, FleetHome } from '../contract.ts';
import { judged, lived, timeOf, type Day } from '../../test/day.ts';
import { DAY, HOUR, MINUTE, SSHD, inUnit, java, web } from '../../test/services-day.ts';
import { declared, said, told } from '../../test/stale-day.ts';

const alternatives: Partial<Expectation> = {
  places: [
    { address: '127.0.0.1', port: 3000 },
    { address: '127.0.0.1', port: 3100 },
  ],
};
const fleet: FleetHome = {
  programKey: 'node /srv/web/server.js',
  address: '127.0.0.1',
  port: 3000,
  support: '192 of 200',
};
/** Held for 15 min once: too short for a home of its own to be missed. */
const shortly = web({ to: 15 * MINUTE });
const daily = web({ to: DAY + HOUR });
const after = (end: number, seconds: number) => ({ until: end + seconds });

const FIRES: Readonly<Record<string, readonly [Day, string, 'critical' | 'warning']>> = {
  'declared, and never held since the agent started': [
    { actors: [SSHD], until: 33, expectations: [declared()] },
    'missing 3000',
    'critical',
  ],
  'declared, and held until half a minute ago': [
    { actors: [SSHD, web({ to: 600 })], ...after(600, 33), expectations: [declared()] },
    'missing 3000',
    'critical',
  ],
  'declared with alternatives, none of them held': [
    { actors: [SSHD], until: 33, expectations: [declared(alternatives)] },
    'missing 3000',
    'critical',
  ],
  'held for a day by a service': [{ actors: [SSHD, daily], ...after(DAY + HOUR, 36) }, 'missing 3000', 'warning'],
  'held by two generations of a service': [
    { actors: [SSHD, web({ to: 900 }), web({ pid: 101, from: 910, to: 1800 })], ...after(1800, 36) },
    'missing 3000',
    'warning',
  ],
  'one of two homes of a service that runs on': [
    {
      actors: [
        SSHD,
        web({ to: HOUR, ports: [3000, 9090] }),
        web({ pid: 101, from: HOUR + 5, to: 2 * HOUR, ports: [3000, 9090] }),
        web({ pid: 102, from: 2 * HOUR + 5, ports: [9090] }),
      ],
      ...after(2 * HOUR, HOUR),
    },
    'missing 3000',
    'warning',
  ],
  'a home of the fleet that it held here, however shortly': [
    { actors: [SSHD, shortly], ...after(15 * MINUTE, 36), fleetHomes: [fleet] },
    'missing 3000',
    'critical',
  ],
  'its other half holds the port for IPv6 alone': [
    {
      actors: [SSHD, { pid: 70, from: 0, ports: [['::1', 3000]], is: java }],
      until: 31,
      expectations: [declared()],
    },
    'missing 3000',
    'critical',
  ],
};

const SILENT: Readonly<Record<string, Day>> = {
  'declared, for less than half a minute': { actors: [SSHD], until: 28, expectations: [declared()] },
  'declared, and held half a minute ago': {
    actors: [SSHD, web({ to: 600 })],
    ...after(600, 29),
    expectations: [declared()],
  },
  'the agent has looked for less than half a minute, though a day passed since it was held': {
    actors: [SSHD],
    agentFrom: 2 * DAY,
    until: 2 * DAY + 29,
    expectations: [declared()],
    kept: lived({ actors: [web({ to: HOUR })], until: HOUR }).judgement.kept(new Date(timeOf(HOUR))),
  },
  'declared, and held by a wildcard': {
    actors: [web({ ports: [['0.0.0.0', 3000]] })],
    until: 40,
    expectations: [declared({ places: [{ address: '0.0.0.0', port: 3000 }] })],
  },
  'declared with alternatives, one of them held': {
    actors: [web({ ports: [3100] })],
    until: 40,
    expectations: [declared(alternatives)],
  },
  'nothing was learned: it was held once and shortly': { actors: [SSHD, shortly], ...after(15 * MINUTE, HOUR) },
  'a port of the ephemeral range': {
    actors: [SSHD, web({ ports: [40_000], to: DAY + HOUR })],
    ...after(DAY + HOUR, HOUR),
  },
  'a session of a user': {
    actors: [SSHD, web({ to: DAY + HOUR, is: { unit: 'session-3.scope', scope: 'session' } })],
    ...after(DAY + HOUR, HOUR),
  },
  'a service of a user': {
    actors: [SSHD, web({ to: DAY + HOUR, is: { unit: 'web.service', scope: 'user' } })],
    ...after(DAY + HOUR, HOUR),
  },
  'a transient unit': {
    actors: [SSHD, web({ to: DAY + HOUR, is: inUnit('run-u12.service') })],
    ...after(DAY + HOUR, HOUR),
  },
  'a container': {
    actors: [
      SSHD,
      web({
        to: DAY + HOUR,
        is: { unit: null, scope: 'container', container: { id: 'a'.repeat(64), runtime: 'docker', pod: null } },
      }),
    ],
    ...after(DAY + HOUR, HOUR),
  },
  'another namespace than the host’s': {
    actors: [SSHD, { ...daily, namespace: '4026532100' }],
    ...after(DAY + HOUR, HOUR),
  },
  'after a day it is retired': { actors: [SSHD, daily], ...after(DAY + HOUR, DAY + 5) },
  'another program took it over': {
    actors: [SSHD, daily, { pid: 300, from: DAY + HOUR + 5, ports: [3000], is: java }],
    ...after(DAY + HOUR, HOUR),
  },
  'nobody knows who holds it': {
    actors: [SSHD, { pid: 5, from: 0, ports: [3000], is: java }],
    until: 40,
    expectations: [declared()],
    seen: (look) => ({
      ...look,
      listeners: look.listeners.map((one) =>
        one.port === 3000 ? { ...one, holders: [], holdersUnknown: 'denied' } : one,
      ),
    }),
  },
  'its starter told it another port': {
    actors: [
      SSHD,
      daily,
      web({ pid: 101, from: DAY + HOUR + 5, ports: [4000], is: { ...inUnit('web.service'), ...told(4000) } }),
    ],
    ...after(DAY + HOUR, HOUR),
  },
  'held once only, and its next process took a port of chance': {
    actors: [SSHD, daily, web({ pid: 101, from: DAY + HOUR + 5, ports: [875] })],
    ...after(DAY + HOUR, HOUR),
  },
  'declared on one of the addresses it held, and held there': {
    actors: [SSHD, web({ ports: [3000, ['10.0.0.5', 3000]], to: DAY + HOUR }), web({ pid: 101, from: DAY + HOUR + 5 })],
    ...after(DAY + HOUR, HOUR),
    expectations: [declared()],
  },
  'a home of the fleet that this machine never had': {
    actors: [SSHD],
    until: HOUR,
    fleetHomes: [fleet],
  },
};

suite('missing fires when', () => {
  for (const [when, [day, expected, severity]] of Object.entries(FIRES)) {
    test(when, () => {
      const findings = judged(day);
      assert.deepEqual(said(findings), [expected]);
      assert.equal(findings[0]?.severity, severity);
    });
  }
});

suite('missing is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});

test('a service that lost two homes is one finding that names both', () => {
  const [found, ...others] = judged({
    actors: [SSHD, web({ ports: [3000, 9090], to: DAY + HOUR })],
    ...after(DAY + HOUR, HOUR),
  });
  assert.equal(others.length, 0);
  assert.ok(found?.kind === 'missing');
  assert.equal(found.title, 'Nothing listens on 3000 and 1 more');
  assert.deepEqual(
    found.details.missing.map(({ port }) => port),
    [3000, 9090],
  );
});

test('what it says, and since when', () => {
  const [found] = judged({ actors: [SSHD, daily], ...after(DAY + HOUR, HOUR) });
  assert.ok(found?.kind === 'missing');
  assert.equal(found.since, timeOf(DAY + HOUR));
  assert.equal(found.details.heldUntil, timeOf(DAY + HOUR));
  assert.equal(found.title, 'Nothing listens on 3000');
  assert.equal(found.subtitle, 'Missing · web.service held it for 1 d until 24 Nov 01:00:00 UTC');
  assert.equal(found.sentence, 'Nothing listens on 3000; web.service should.');
  assert.deepEqual(
    found.steps.map(({ command }) => command),
    [
      "systemctl status --no-pager -- 'web.service'",
      "journalctl --no-pager -n 50 -u 'web.service'",
      "sudo systemctl start -- 'web.service'; sleep 5; sudo ss -Hltnp 'sport = :3000'",
    ],
  );
});

test('a declared service is one trouble, known here or not', () => {
  const expectations = [declared()];
  const [never] = judged({ actors: [SSHD], until: 33, expectations });
  const [once] = judged({ actors: [SSHD, web({ to: 600 })], ...after(600, 33), expectations });
  assert.deepEqual([never?.programKey, never?.service], ['service web', 'web']);
  assert.equal(never?.id, once?.id);
});

test('the agent was restarted: what it kept tells since when', () => {
  const kept = lived({ actors: [daily], until: DAY + HOUR }).judgement.kept(new Date(timeOf(DAY + HOUR)));
  const [found] = judged({ actors: [SSHD], agentFrom: DAY + 3 * HOUR, until: DAY + 3 * HOUR + 36, kept });
  assert.equal(found?.kind, 'missing');
  assert.equal(found.since, timeOf(DAY + HOUR));
});

test('what was missing when the agent ended is missing at its first look, and no other home', () => {
  const day = { actors: [SSHD, daily], ...after(DAY + HOUR, HOUR) };
  const before = lived(day);
  const kept = before.judgement.kept(new Date(timeOf(day.until)));
  const again = { actors: [SSHD], agentFrom: day.until + 5, until: day.until + 5 };
  const [found] = judged({ ...again, kept });
  assert.deepEqual([found?.id, found?.detectedAt], [before.findings[0]?.id, before.findings[0]?.detectedAt]);
  assert.deepEqual(judged({ ...again, kept: { ...kept, findings: [] } }), []);
});
