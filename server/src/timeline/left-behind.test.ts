import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FindingCause } from '@portlight/agent/contract';
import { drift, NAMESPACE } from '../../test/bodies.ts';
import { chargeUntil, leftBehind, type Held } from './left-behind.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 23, 15, minute)).toISOString();

function held(changes: Partial<Held> = {}): Held {
  const holder = { pid: 4711, startTicks: 123456, startedAt: null, program: 'node', commandLine: [] };
  const socket = { protocol: 'tcp', port: 3000, networkNamespace: NAMESPACE } as const;
  return { socket, holder, start: at(0), end: null, ...changes };
}

function cause(changes: Partial<FindingCause> = {}): FindingCause {
  return { kind: 'stale-holder', cause: 'replaced', pid: 4711, port: 3000, since: at(10), ...changes };
}

interface Case {
  readonly what: string;
  readonly held: Held;
  readonly causes: readonly FindingCause[];
  /** When the finding closed. */
  readonly closedAt: string | null;
  readonly expected: string | null;
}

const SAME = { held: held(), causes: [cause()], closedAt: null } as const;
const [other, stranger, unknown] = [held().socket, held().holder, held({ holder: null })];

const TABLE: readonly Case[] = [
  { ...SAME, what: 'named while it holds the port', expected: at(10) },
  { ...SAME, what: 'named by a finding that closed', closedAt: at(20), expected: at(10) },
  { ...SAME, what: 'ended after it was left', held: held({ end: at(20) }), expected: at(10) },
  { ...SAME, what: 'ended in that moment', held: held({ end: at(10) }), expected: at(10) },
  { ...SAME, what: 'ended before', held: held({ end: at(9) }), expected: null },
  { ...SAME, what: 'began after it was left', held: held({ start: at(15) }), expected: at(15) },
  { ...SAME, what: 'began when nobody knows', held: held({ start: null }), expected: at(10) },
  {
    ...SAME,
    what: 'began after the finding closed',
    held: held({ start: at(25) }),
    closedAt: at(20),
    expected: null,
  },
  {
    ...SAME,
    what: 'another port',
    held: held({ socket: { ...other, port: 3001 } }),
    expected: null,
  },
  {
    ...SAME,
    what: 'the same port of another protocol',
    held: held({ socket: { ...other, protocol: 'udp' } }),
    expected: null,
  },
  {
    ...SAME,
    what: 'the same port in another namespace',
    held: held({ socket: { ...other, networkNamespace: '4026532000' } }),
    expected: null,
  },
  {
    ...SAME,
    what: 'a reused pid',
    held: held({ holder: stranger && { ...stranger, startTicks: 9 } }),
    expected: null,
  },
  {
    ...SAME,
    what: 'a process whose start nobody knows',
    held: held({ holder: stranger && { ...stranger, startTicks: null } }),
    expected: at(10),
  },
  { ...SAME, what: 'an unknown holder', held: unknown, expected: null },
  { ...SAME, what: 'another cause', causes: [cause({ kind: 'wedged' })], expected: null },
  { ...SAME, what: 'a cause without a process', causes: [cause({ pid: null })], expected: null },
  { ...SAME, what: 'a cause without a port', causes: [cause({ port: null })], expected: null },
  { ...SAME, what: 'two words on it', causes: [cause({ since: at(12) }), cause()], expected: at(10) },
];

for (const { what, held: span, causes, closedAt, expected } of TABLE) {
  test(`in charge until: ${what}`, () => {
    const words = leftBehind([{ finding: drift({ causes }), closedAt }]);
    assert.equal(chargeUntil(span, words), expected);
  });
}
