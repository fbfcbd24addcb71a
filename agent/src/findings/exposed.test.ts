import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';
import { HOUR, inUnit, java, web } from '../../test/services-day.ts';
import { declared, said } from '../../test/stale-day.ts';

const at = (address: string, changes: Partial<Actor> = {}): Actor => web({ ports: [[address, 3000]], ...changes });
const before = (address: string): Actor => at(address, { to: HOUR });
const now = (address: string, changes: Partial<Actor> = {}): Actor =>
  at(address, { pid: 200, from: HOUR + 5, ...changes });
const until = HOUR + 8;

const FIRES: Readonly<Record<string, Day>> = {
  'declared on loopback, open on every interface': {
    actors: [at('0.0.0.0')],
    until: 2,
    expectations: [declared()],
  },
  'declared on loopback, open for IPv6 and IPv4': { actors: [at('::')], until: 2, expectations: [declared()] },
  'declared on a private address, open on every interface': {
    actors: [at('0.0.0.0')],
    until: 2,
    expectations: [declared({ places: [{ address: '10.0.0.5', port: 3000 }] })],
  },
  'declared on loopback with its unit, a second socket on a private address': {
    actors: [web(), at('10.0.0.5', { socket: 'second' })],
    until: 2,
    expectations: [declared({ unit: 'web.service' })],
  },
  'its home was on loopback, now on every interface': { actors: [before('127.0.0.1'), now('0.0.0.0')], until },
  'its home was on loopback, now on a private address': { actors: [before('127.0.0.1'), now('10.0.0.5')], until },
  'its home was on a private address, now on a public one': { actors: [before('10.0.0.5'), now('8.8.8.8')], until },
};

const SILENT: Readonly<Record<string, Day>> = {
  'always on every interface': { actors: [before('0.0.0.0'), now('0.0.0.0')], until },
  'on every interface from its first day on': { actors: [at('0.0.0.0')], until },
  'declared on every interface': {
    actors: [at('0.0.0.0')],
    until: 2,
    expectations: [declared({ places: [{ address: '0.0.0.0', port: 3000 }] })],
  },
  'declared to be either': {
    actors: [at('0.0.0.0')],
    until: 2,
    expectations: [
      declared({
        places: [
          { address: '127.0.0.1', port: 3000 },
          { address: '0.0.0.0', port: 3000 },
        ],
      }),
    ],
  },
  'declared, which counts more than what it did before': {
    actors: [before('127.0.0.1'), now('0.0.0.0')],
    until,
    expectations: [declared({ places: [{ address: '0.0.0.0', port: 3000 }] })],
  },
  'loopback by IPv4 in IPv6': { actors: [before('127.0.0.1'), now('::ffff:127.0.0.1')], until },
  'the other loopback': { actors: [before('127.0.0.1'), now('::1', { ports: [['::1', 3000]] })], until },
  'on loopback for minutes only before': {
    actors: [at('127.0.0.1', { to: 300 }), now('0.0.0.0', { from: 310 })],
    until: 320,
  },
  'less exposed than before': { actors: [before('0.0.0.0'), now('127.0.0.1')], until },
  'another port of that program': {
    actors: [before('127.0.0.1'), web({ pid: 200, from: HOUR + 5, ports: [3000, ['0.0.0.0', 8080]] })],
    until,
  },
  'another program on that port': { actors: [before('127.0.0.1'), now('0.0.0.0', { is: java })], until },
  'the network namespace of a container': {
    actors: [at('127.0.0.1', { to: HOUR, namespace: '4026532100' }), now('0.0.0.0', { namespace: '4026532100' })],
    until,
  },
  'a declared place in the network namespace of a container': {
    actors: [web(), now('0.0.0.0', { namespace: '4026532100', is: { ...inUnit('web.service') } })],
    until,
    expectations: [declared({ unit: 'web.service' })],
  },
};

suite('exposed fires when', () => {
  for (const [when, day] of Object.entries(FIRES)) {
    test(when, () => {
      const findings = judged(day);
      assert.deepEqual(said(findings), ['exposed 3000']);
      assert.equal(findings[0]?.severity, 'warning');
    });
  }
});

suite('exposed is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});

test('what it says, and since when', () => {
  const [found] = judged(FIRES['its home was on loopback, now on every interface']!);
  assert.ok(found?.kind === 'exposed');
  assert.equal(found.since, timeOf(HOUR + 5));
  assert.equal(found.title, 'node 3000 is open on every interface');
  assert.equal(found.subtitle, 'Exposed · web.service · was 127.0.0.1, now 0.0.0.0');
  assert.equal(found.sentence, '3000 is open on every interface since 23 Nov 01:00:05 UTC.');
  assert.deepEqual(found.details.current, { address: '0.0.0.0', port: 3000 });
  assert.equal(found.details.exposure, 'any');
});

test('it does not become right by lasting', () => {
  const day = { actors: [before('127.0.0.1'), now('0.0.0.0')], until: 10 * HOUR };
  assert.deepEqual(said(judged(day)), ['exposed 3000']);
});
