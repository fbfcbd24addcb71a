import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventHolder, StoredEvent } from '../store/event-store.ts';
import { timelineRows, toTimelineGaps, type OpenSocket, type TimelineFacts } from './timeline.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 23, 15, minute)).toISOString();
const NAMESPACE = '4026531840';
const BOOT = 'boot-1';

function process(pid: number, startedAt = at(-600)): EventHolder {
  return { pid, startTicks: pid * 10, startedAt, program: `app-${pid}`, commandLine: ['app'] };
}

function happened(
  minute: number,
  kind: StoredEvent['kind'],
  holder: EventHolder | null,
  changes: Partial<StoredEvent> = {},
): StoredEvent {
  return {
    place: { at: minute, id: minute + 1_000, subject: 1 },
    at: at(minute),
    kind,
    protocol: 'tcp',
    address: '127.0.0.1',
    port: 3000,
    networkNamespace: NAMESPACE,
    inode: '1',
    holder,
    holders: holder ? 1 : 0,
    detail: null,
    agentStartedAt: at(-60),
    bootId: BOOT,
    ...changes,
  };
}

function open(holder: EventHolder | null, changes: Partial<OpenSocket> = {}): OpenSocket {
  const socket = {
    protocol: 'tcp',
    address: '127.0.0.1',
    port: 3000,
    networkNamespace: NAMESPACE,
    inode: '1',
  } as const;
  return { ...socket, openedAt: null, holder, holders: holder ? 1 : 0, ...changes };
}

function facts(events: readonly StoredEvent[], sockets: readonly OpenSocket[]): TimelineFacts {
  return {
    range: { from: Date.parse(at(0)), to: Date.parse(at(45)) },
    bootId: BOOT,
    agentStartedAt: at(-60),
    takenAt: at(44),
    hostNamespace: NAMESPACE,
    open: sockets,
    events,
    leftBehind: [],
  };
}

const a = process(1);
const b = process(2);
/** `pid start end`, with `?` for what is not known and `…` for what lasts. */
const TABLE: readonly {
  readonly name: string;
  readonly events: readonly StoredEvent[];
  readonly open: readonly OpenSocket[];
  readonly spans: readonly string[];
}[] = [
  {
    name: 'opened and closed in range',
    events: [happened(5, 'opened', a), happened(9, 'closed', a)],
    open: [],
    spans: ['1 5 9'],
  },
  { name: 'open before the range and still open', events: [], open: [open(a)], spans: ['1 ? …'] },
  {
    name: 'opened before the range, as the agent knows',
    events: [],
    open: [open(a, { openedAt: at(-5) })],
    spans: ['1 ? …'],
  },
  {
    name: 'opened in range as the agent knows, its event lost',
    events: [],
    open: [open(a, { openedAt: at(5) })],
    spans: ['1 5 …'],
  },
  { name: 'open before the range, closed in it', events: [happened(9, 'closed', a)], open: [], spans: ['1 ? 9'] },
  { name: 'closed after the range', events: [happened(50, 'closed', a)], open: [], spans: ['1 ? 50'] },
  { name: 'opened after the range', events: [happened(50, 'opened', a)], open: [open(a)], spans: [] },
  {
    name: 'another holder splits the span',
    events: [happened(5, 'opened', a), happened(7, 'holders-changed', b)],
    open: [open(b)],
    spans: ['1 5 7', '2 7 …'],
  },
  {
    name: 'another program in the same process splits the span',
    events: [happened(5, 'opened', a), happened(7, 'program-changed', { ...a, program: 'other' })],
    open: [open({ ...a, program: 'other' })],
    spans: ['1 5 7', '1 7 …'],
  },
  {
    name: 'more processes beside the oldest do not split it',
    events: [happened(5, 'opened', a), happened(7, 'holders-changed', a, { holders: 4 })],
    open: [open(a, { holders: 4 })],
    spans: ['1 5 …'],
  },
  {
    name: 'a worker that changed beside an old master',
    events: [happened(7, 'holders-changed', a, { holders: 4 })],
    open: [open(a)],
    spans: ['1 ? …'],
  },
  {
    name: 'a change to a young holder, the one before unknown',
    events: [happened(7, 'holders-changed', process(3, at(6)))],
    open: [open(process(3, at(6)))],
    spans: ['? ? 7', '3 7 …'],
  },
  {
    name: 'opened twice by the same process',
    events: [happened(5, 'opened', a), happened(6, 'opened', a)],
    open: [open(a)],
    spans: ['1 5 …'],
  },
  {
    name: 'opened twice by two processes, the closing lost',
    events: [happened(5, 'opened', a), happened(6, 'opened', b)],
    open: [open(b)],
    spans: ['1 5 6', '2 6 …'],
  },
  {
    name: 'closed twice',
    events: [happened(5, 'opened', a), happened(6, 'closed', a), happened(7, 'closed', a)],
    open: [],
    spans: ['1 5 6'],
  },
  { name: 'gone without a closing', events: [happened(5, 'opened', a)], open: [], spans: ['1 5 44'] },
  {
    name: 'held by another one than the events say',
    events: [happened(5, 'opened', a)],
    open: [open(b)],
    spans: ['1 5 44', '2 44 …'],
  },
  { name: 'without any known holder', events: [happened(5, 'opened', null)], open: [open(null)], spans: ['? 5 …'] },
  { name: 'a holder that is found later', events: [happened(5, 'opened', null)], open: [open(a)], spans: ['1 5 …'] },
  {
    name: 'a queue that got stuck and moved',
    events: [happened(5, 'queue-stuck', a), happened(6, 'queue-moving', a)],
    open: [open(a)],
    spans: ['1 ? …'],
  },
  { name: 'a gap’s own socket', events: [happened(5, 'gap', null, { port: 0, inode: '' })], open: [], spans: [] },
];

for (const { name, events, open: sockets, spans } of TABLE) {
  test(`timeline: ${name}`, () => {
    const { rows } = timelineRows(facts(events, sockets));
    const minute = (time: string | null): string =>
      time === null ? '?' : String((Date.parse(time) - Date.parse(at(0))) / 60_000);
    const told = rows.flatMap((row) =>
      row.spans.map(({ pid, start, end }) => `${pid ?? '?'} ${minute(start)} ${end === null ? '…' : minute(end)}`),
    );
    assert.deepEqual(told, spans);
  });
}

test('a process that holds several ports is one instance in every row, and boots keep instances apart', () => {
  const events = [
    happened(5, 'opened', a),
    happened(6, 'opened', a, { port: 3001, inode: '2' }),
    happened(7, 'opened', a, { port: 3002, inode: '3', bootId: 'boot-0' }),
  ];
  const { rows } = timelineRows(facts(events, []));
  assert.deepEqual(
    rows.map(({ port, spans }) => [port, spans[0]?.instance]),
    [
      [3000, 'boot-1 1 10'],
      [3001, 'boot-1 1 10'],
      [3002, 'boot-0 1 10'],
    ],
  );
});

test('host namespace comes first, then ports ascend; sockets of one port share a row', () => {
  const sockets = [
    open(a, { port: 80, networkNamespace: '999', inode: '9' }),
    open(a, { port: 3000, address: '::', inode: '2' }),
    open(a, { port: 3000 }),
    open(a, { port: 22, inode: '3' }),
  ];
  const { rows } = timelineRows(facts([], sockets));
  const told = rows.map(({ port, isHostNamespace, spans }) => [
    port,
    isHostNamespace,
    spans.map(({ family }) => family),
  ]);
  assert.deepEqual(told, [
    [22, true, ['ipv4']],
    [3000, true, ['ipv4', 'ipv6']],
    [80, false, ['ipv4']],
  ]);
});

test('more than a thousand rows are counted, not shown', () => {
  const sockets = Array.from({ length: 1_003 }, (_, index) => open(a, { port: index, inode: String(index) }));
  const { rows, rowsOmitted } = timelineRows(facts([], sockets));
  assert.deepEqual([rows.length, rowsOmitted], [1_000, 3]);
});

test('a machine that does not report has a gap that lasts', () => {
  assert.deepEqual(toTimelineGaps([{ from: Date.parse(at(1)), to: Date.parse(at(2)) }], Date.parse(at(40))), [
    { from: at(1), to: at(2) },
    { from: at(40), to: null },
  ]);
});
