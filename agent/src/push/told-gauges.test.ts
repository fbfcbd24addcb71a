import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { holder, listener, sight, snapshot } from '../../test/snapshots.ts';
import type { Connections, Finding, Listener, Snapshot } from '../contract.ts';
import { alivePush, changePush, fullPush } from './push-bodies.ts';
import { ToldGauges } from './told-gauges.ts';

const sender = {
  liveToken: 'live',
  sequence: 1,
  expectationsVersion: null,
  lookedUntil: null,
  sentAt: new Date('2026-11-23T03:14:07.000Z'),
};
const established = (count: number): Connections => ({
  established: count,
  unaccepted: 0,
  synReceived: 0,
  closeWait: 0,
  finWait: 0,
  timeWait: 0,
});
const web = listener({ inode: '1', connections: established(61) });

/** Told everything of these by a full push. */
function toldOf(listeners: readonly Listener[]): ToldGauges {
  const told = new ToldGauges();
  told.hear(fullPush(sight(listeners), [], sender));
  return told;
}

const inodesOf = (told: ToldGauges, now: Snapshot) => told.moved(now)?.listeners.map(({ inode }) => inode) ?? null;

suite('gauges', () => {
  test('nothing is told again while nothing moves', () => {
    assert.equal(toldOf([web]).moved(snapshot([web])), null);
  });

  test('a queue is told once when it comes and once when it is gone', () => {
    const told = toldOf([web]);
    const waiting = sight([{ ...web, acceptQueue: 5 }]);
    const gauges = told.moved(waiting.snapshot);
    assert.deepEqual(gauges?.listeners, [
      { inode: '1', networkNamespace: web.networkNamespace, acceptQueue: 5, connections: established(61) },
    ]);
    assert.deepEqual(inodesOf(told, waiting.snapshot), ['1'], 'until it is acknowledged');
    told.hear(alivePush(waiting, gauges, sender));
    assert.equal(told.moved(waiting.snapshot), null);
    assert.equal(told.moved(snapshot([web]))?.listeners[0]?.acceptQueue, 0);
  });

  test('what a change brought is not told again', () => {
    const told = toldOf([web]);
    const opened = { ...listener({ inode: '2', port: 3001 }), acceptQueue: 3 };
    told.hear(changePush(sight([web]), sight([web, opened]), [], sender));
    assert.equal(told.moved(snapshot([web, opened])), null);
  });

  test('the kernel’s counters alone are news, its settings of thousands of ports do not come along', () => {
    const told = toldOf([web]);
    const { kernel } = snapshot([]);
    const reservedPorts = Array.from({ length: 2000 }, (_, index) => String(9000 + index));
    const gauges = told.moved(snapshot([web], { kernel: { ...kernel, reservedPorts, listenOverflows: 7 } }));
    assert.deepEqual(gauges?.listeners, []);
    assert.equal(gauges.kernel.listenOverflows, 7);
    assert.ok(!JSON.stringify(gauges).includes('9000'));
  });

  test('an aggregator that may have forgotten is told everything but datagram sockets', () => {
    const told = toldOf([web]);
    told.forget();
    const datagrams = listener({ inode: '9', protocol: 'udp', acceptQueue: null });
    assert.deepEqual(inodesOf(told, snapshot([datagrams, web])), ['1']);
  });

  test('a kilobyte has those with a finding first, then the longest queues, and in the end every one that moved', () => {
    const ports = Array.from({ length: 400 }, (_, index) => 3000 + index);
    const quiet = ports.map((port) => listener({ inode: String(port), port, holders: [holder({ pid: port })] }));
    const told = toldOf(quiet);
    const queues = new Map([
      [3100, 2],
      [3200, 129],
    ]);
    const now = quiet.map((each) => ({
      ...each,
      connections: established(each.port),
      acceptQueue: queues.get(each.port) ?? 0,
    }));
    const { networkNamespace, protocol } = web;
    const finding = { networkNamespace, protocol, port: null, holders: [{ pid: 3300, startTicks: 4711 }] };
    const later = sight(now, { findings: [finding as unknown as Finding] });
    const kilobytes: (readonly string[])[] = [];
    for (let gauges = told.moved(later.snapshot); gauges !== null; gauges = told.moved(later.snapshot)) {
      assert.ok(Buffer.byteLength(JSON.stringify(gauges)) <= 1024);
      kilobytes.push(gauges.listeners.map(({ inode }) => inode));
      told.hear(alivePush(later, gauges, sender));
    }
    assert.deepEqual(kilobytes[0]?.slice(0, 3), ['3300', '3200', '3100']);
    assert.deepEqual(kilobytes.flat().toSorted(), ports.map(String));
  });

  test('where all move all the time, each has its turn', () => {
    const ports = Array.from({ length: 40 }, (_, index) => 3000 + index);
    const moving = (turn: number) =>
      sight(ports.map((port) => listener({ inode: String(port), port, connections: established(turn) })));
    const told = new ToldGauges();
    told.hear(fullPush(moving(0), [], sender));
    const heard = new Set<string>();
    for (let turn = 1; turn <= 20; turn += 1) {
      const gauges = told.moved(moving(turn).snapshot);
      for (const { inode } of gauges?.listeners ?? []) heard.add(inode);
      told.hear(alivePush(moving(turn), gauges, sender));
    }
    assert.equal(heard.size, 40);
  });
});
