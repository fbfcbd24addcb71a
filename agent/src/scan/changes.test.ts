import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, scanOnce } from '../../test/scanned-machine.ts';
import { type Listener } from '../contract.ts';
import { changesBetween, type Changes } from './changes.ts';
import { digestOf } from './digest.ts';

const AT = new Date('2026-11-23T15:00:01.000Z');
const { listeners } = scanOnce();
const shop = at(scanOnce(), '127.0.0.1', 3000);
const [first, second] = shop.holders as [Listener['holders'][number], Listener['holders'][number]];
const name = {
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: '4026531833',
  inode: '5002',
} as const;
const others = listeners.filter(({ inode }) => inode !== shop.inode);
const from = (before: readonly Listener[], after: readonly Listener[]): Changes => changesBetween(before, after, AT);
const digest = (of: readonly Listener[], labels = {}, findings: Parameters<typeof digestOf>[0]['findings'] = []) =>
  digestOf({ listeners: of, host: { labels }, findings });

test('between two equal looks nothing happened', () => {
  assert.deepEqual(from(listeners, listeners.toReversed()), { opened: [], changed: [], closed: [], events: [] });
});

test('a listener that was not there is opened', () => {
  const event = { at: AT.toISOString(), kind: 'opened', ...name, holders: shop.holders, detail: null };
  assert.deepEqual(from(others, listeners), { opened: [shop], changed: [], closed: [], events: [event] });
});

test('a listener that is not there any more is closed, with the holders last known', () => {
  const event = { at: AT.toISOString(), kind: 'closed', ...name, holders: shop.holders, detail: null };
  assert.deepEqual(from(listeners, others), { opened: [], changed: [], closed: [name], events: [event] });
});

test('a port taken over by another socket closes before it opens', () => {
  const taken = { ...shop, inode: '5999' };
  assert.deepEqual(
    from([shop], [taken]).events.map(({ kind, inode }) => [kind, inode]),
    [
      ['closed', '5002'],
      ['opened', '5999'],
    ],
  );
});

test('holders that come and go are an event, however the pid is reused', () => {
  const reused = { ...second, startTicks: 99999 };
  const now = { ...shop, holders: [first, reused] };
  assert.deepEqual(from([shop], [now]), {
    opened: [],
    changed: [now],
    closed: [],
    events: [
      {
        at: AT.toISOString(),
        kind: 'holders-changed',
        ...name,
        holders: now.holders,
        detail: 'node (pid 301) joined; node (pid 301) left',
      },
    ],
  });
});

test('the same holders with another program are an event that tells both', () => {
  const now = { ...shop, holders: [{ ...first, programKey: 'sleep /usr/bin/sleep' }, second] };
  const [event] = from([shop], [now]).events;
  assert.deepEqual(
    [event?.kind, event?.detail],
    ['program-changed', 'pid 300: node /srv/shop/releases/*/server.js → sleep /usr/bin/sleep'],
  );
});

test('a queue that gets stuck and one that moves again are events that tell how many wait', () => {
  const stuck = { ...shop, acceptQueueStuckSince: '2026-11-23T14:59:58.000Z' };
  const moving = { ...shop, acceptQueue: 2 };
  const told = (old: Listener, now: Listener) => from([old], [now]).events.map(({ kind, detail }) => [kind, detail]);
  assert.deepEqual(told(shop, stuck), [['queue-stuck', '3 waiting']]);
  assert.deepEqual(told(stuck, moving), [['queue-moving', '2 waiting']]);
  assert.deepEqual(told(stuck, { ...stuck, acceptQueue: 4 }), []);
  assert.deepEqual(
    told(shop, { ...stuck, holders: [first] }).map(([kind]) => kind),
    ['holders-changed', 'queue-stuck'],
  );
});

test('another reason why no holder is known is a change and no event', () => {
  const unknown = { ...shop, holders: [], holdersUnknown: 'denied' } as const;
  const now = { ...unknown, holdersUnknown: 'vanished' } as const;
  assert.deepEqual(from([unknown], [now]), { opened: [], changed: [now], closed: [], events: [] });
});

test('what moves by itself is no change', () => {
  const moved = {
    ...shop,
    acceptQueue: 99,
    holders: [{ ...first, state: 'R', fileDescriptors: null, startedAt: AT.toISOString() }, second],
  };
  assert.deepEqual(from([shop], [moved]), { opened: [], changed: [], closed: [], events: [] });
  assert.equal(digest([moved, ...others]), digest(listeners));
});

test('a digest has at most 64 characters and does not depend on order', () => {
  assert.match(digest(listeners), /^[\w-]{43}$/);
  const turned = listeners.map((one) => ({ ...one, holders: one.holders.toReversed() })).reverse();
  assert.equal(digest(turned, { b: '2', a: '1' }), digest(listeners, { a: '1', b: '2' }));
});

const finding = { id: '0123456789abcdef', severity: 'warning' } as const;
const DIFFERENT: readonly (readonly [string, string])[] = [
  ['a listener less', digest(others)],
  ['another port', digest([...others, { ...shop, port: 3001 }])],
  ['another address', digest([...others, { ...shop, address: '0.0.0.0' }])],
  ['another inode', digest([...others, { ...shop, inode: '1' }])],
  ['another namespace', digest([...others, { ...shop, networkNamespace: '1' }])],
  ['a holder less', digest([...others, { ...shop, holders: [first] }])],
  ['another program', digest([...others, { ...shop, holders: [first, { ...second, programKey: 'x' }] }])],
  ['another start', digest([...others, { ...shop, holders: [first, { ...second, startTicks: 1 }] }])],
  ['unknown holders', digest([...others, { ...shop, holders: [], holdersUnknown: 'denied' }])],
  ['a stuck queue', digest([...others, { ...shop, acceptQueueStuckSince: AT.toISOString() }])],
  ['a label', digest(listeners, { group: 'web' })],
  ['a finding', digest(listeners, {}, [finding])],
  ['a finding of another severity', digest(listeners, {}, [{ ...finding, severity: 'critical' }])],
];
test('whatever matters changes the digest', () => {
  const digests = new Map([['nothing', digest(listeners)], ...DIFFERENT]);
  assert.equal(new Set(digests.values()).size, DIFFERENT.length + 1, JSON.stringify([...digests]));
});
