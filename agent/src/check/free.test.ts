import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { type Finding, type Listener, type Place } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { freeVerdict } from './free.ts';
import { type Status } from './verdict.ts';

const PLACE: Place = { address: '127.0.0.1', port: 3000 };
const OLD = listener({});
const NEW = listener({ port: 3001, inode: '5001', holders: [holder({ pid: 20114, startTicks: 9000 })] });

const row = (changes: Partial<TcpRow> = {}): TcpRow => ({
  address: '127.0.0.1',
  port: 3000,
  peerAddress: '10.0.0.9',
  peerPort: 443,
  state: 'ESTAB',
  inode: '77',
  ...changes,
});
const EPHEMERAL = { port: 40_000 };

interface Seen {
  readonly place?: Place;
  readonly listeners?: readonly Listener[];
  readonly findings?: readonly Finding[];
  readonly rows?: readonly TcpRow[];
  readonly areTablesRead?: boolean;
}

function verdictOn({ place = PLACE, listeners = [], findings = [], rows = [], areTablesRead = true }: Seen) {
  const seen = snapshot(listeners, { findings });
  return freeVerdict(place, { snapshot: seen, areTablesRead, reference: null, rows: new Map([[place.port, rows]]) });
}

const orphan = (changes: object) => listener({ holders: [holder({ unit: null, programKey: 'own', ...changes })] });

type Case = readonly [what: string, Seen, Status, sentence: RegExp];

const CASES: readonly Case[] = [
  ['nothing', {}, 'OK', /^127\.0\.0\.1:3000 is free: nothing listens there or uses it$/],
  ['a listener on another port', { listeners: [NEW] }, 'OK', /is free/],
  ['a listener on another address', { listeners: [listener({ address: '127.0.0.2' })] }, 'OK', /is free/],
  ['one in a container', { listeners: [listener({ isHostNamespace: false })] }, 'OK', /is free/],
  ['one of UDP', { listeners: [listener({ protocol: 'udp' })] }, 'OK', /is free/],
  ['unreadable tables', { areTablesRead: false }, 'UNKNOWN', /could not be read$/],

  [
    'a listener',
    { listeners: [OLD] },
    'CRITICAL',
    /^127\.0\.0\.1:3000 is not free: node \(pid 18231\) listens on 127\.0\.0\.1:3000$/,
  ],
  [
    'one on every interface',
    { listeners: [listener({ address: '0.0.0.0' })] },
    'CRITICAL',
    /listens on 0\.0\.0\.0:3000$/,
  ],
  [
    'one on an address of the wanted wildcard',
    { place: { address: '0.0.0.0', port: 3000 }, listeners: [OLD] },
    'CRITICAL',
    /^0\.0\.0\.0:3000 is not free: .* on 127\.0\.0\.1:3000$/,
  ],
  [
    'one of IPv4, :: wanted',
    { place: { address: '::', port: 3000 }, listeners: [OLD] },
    'CRITICAL',
    /^\[::\]:3000 is not free/,
  ],
  ['one of IPv4, ::1 wanted', { place: { address: '::1', port: 3000 }, listeners: [OLD] }, 'OK', /is free/],
  [
    'one that may not be seen',
    { listeners: [listener({ holders: [], holdersUnknown: 'denied' })] },
    'CRITICAL',
    /not free: a process that may not be seen listens/,
  ],

  [
    'the older of two processes',
    { listeners: [OLD, NEW] },
    'CRITICAL',
    /, left behind by an earlier start: a newer node \(pid 20114\) listens on 3001$/,
  ],
  [
    'the newer of two processes',
    { place: { ...PLACE, port: 3001 }, listeners: [OLD, NEW] },
    'CRITICAL',
    /listens on 127\.0\.0\.1:3001$/,
  ],
  [
    'one whose worker listens elsewhere',
    { listeners: [OLD, { ...NEW, holders: [holder({ pid: 4, startTicks: 9000, ancestors: [18231] })] }] },
    'CRITICAL',
    /listens on 127\.0\.0\.1:3000$/,
  ],
  [
    'one whose program file is gone',
    { listeners: [orphan({ executableDeleted: true, parentPid: 5 })] },
    'CRITICAL',
    /probably left behind .*: its program file was deleted or replaced since$/,
  ],
  ['an orphan', { listeners: [orphan({ parentPid: 1 })] }, 'CRITICAL', /probably left behind .*its parent is pid 1\)$/],
  [
    'a child of a living starter',
    { listeners: [orphan({ parentPid: 5 })] },
    'CRITICAL',
    /listens on 127\.0\.0\.1:3000$/,
  ],
  ['a service of systemd', { listeners: [OLD] }, 'CRITICAL', /listens on 127\.0\.0\.1:3000$/],
  [
    'one of a finding',
    { listeners: [OLD], findings: [drift()] },
    'CRITICAL',
    /, left behind by an earlier start: it did not end when it was replaced$/,
  ],
  [
    'one that inherited it',
    { listeners: [OLD], findings: [drift({ causes: [{ ...drift().causes[0]!, cause: 'inherited' }] })] },
    'CRITICAL',
    /, which inherited the socket from a process that is gone$/,
  ],

  [
    'what is left of a server’s connections',
    { rows: [row({ peerPort: 50_000, inode: '0' }), row({ state: 'TIME-WAIT', inode: '0' })] },
    'OK',
    /; what is left of earlier connections keeps no server with SO_REUSEADDR away$/,
  ],
  ['a connection that an earlier server accepted', { rows: [row({ peerPort: 50_000 })] }, 'OK', /is free/],
  [
    'an outgoing connection',
    { place: { ...PLACE, ...EPHEMERAL }, rows: [row(EPHEMERAL)] },
    'CRITICAL',
    /not free: an outgoing connection uses it as its local port$/,
  ],
  [
    'one to a server of this machine',
    {
      place: { ...PLACE, ...EPHEMERAL },
      listeners: [listener({ port: 50_001 })],
      rows: [row({ ...EPHEMERAL, peerAddress: '127.0.0.1', peerPort: 50_001 })],
    },
    'CRITICAL',
    /an outgoing connection/,
  ],
  [
    'one of another address',
    { place: { ...PLACE, ...EPHEMERAL }, rows: [row({ ...EPHEMERAL, address: '10.0.0.1' })] },
    'OK',
    /is free/,
  ],
  [
    'one of another address, the wildcard wanted',
    { place: { address: '0.0.0.0', ...EPHEMERAL }, rows: [row({ ...EPHEMERAL, address: '10.0.0.1' })] },
    'CRITICAL',
    /an outgoing connection/,
  ],
  [
    'one between two ephemeral ports',
    { place: { ...PLACE, ...EPHEMERAL }, rows: [row({ ...EPHEMERAL, peerPort: 50_000 })] },
    'UNKNOWN',
    /which side opened them cannot be told$/,
  ],
];

suite('whether a place is free, seeing', () => {
  for (const [what, seen, status, sentence] of CASES) {
    test(`${what}: ${status}`, () => {
      const verdict = verdictOn(seen);
      assert.equal(verdict.status, status, verdict.sentence);
      assert.match(verdict.sentence, sentence);
    });
  }

  test('a likely leftover comes with a kill that looks first; the rest with a look only', () => {
    const commands = (seen: Seen) =>
      verdictOn(seen)
        .steps.map(({ command }) => command)
        .join('\n');
    assert.match(
      commands({ listeners: [OLD, NEW] }),
      /ss -Hltnp 'sport = :3000' \| grep -q 'pid=18231,' && sudo kill -TERM 18231/,
    );
    assert.ok(!commands({ listeners: [OLD] }).includes('kill'));
    const proxy = { parentPid: 1, program: 'docker-proxy', executableDeleted: true };
    assert.ok(!commands({ listeners: [orphan(proxy)] }).includes('kill'), 'never of what stands for another');
  });

  test('rows are told with their state, and a port of the ephemeral range with its remedy', () => {
    const { evidence } = verdictOn({ place: { ...PLACE, ...EPHEMERAL }, rows: [row(EPHEMERAL)] });
    assert.deepEqual(evidence, [
      'ESTAB 127.0.0.1:40000 to 10.0.0.9:443: an outgoing connection.',
      '40000 lies in the range that outgoing connections take their ports from, 32768 to 60999. net.ipv4.ip_local_reserved_ports keeps them off it.',
    ]);
  });
});
