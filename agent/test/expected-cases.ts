/** An expectation beside what is seen, and the verdict that follows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedVerdict } from '../src/check/expected.ts';
import { type Reference } from '../src/check/newer-than.ts';
import { type Sighting } from '../src/check/sighting.ts';
import { type Status } from '../src/check/verdict.ts';
import { type Expectation, type Finding, type Listener } from '../src/contract.ts';
import { holder, listener, snapshot } from './snapshots.ts';

export const WEB: Expectation = {
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
};

export const OLD = listener({});
export const NEW = listener({ port: 3001, inode: '5001', holders: [holder({ pid: 20114, startTicks: 9000 })] });
export const NEWEST = listener({ port: 3002, inode: '5002', holders: [holder({ pid: 20377, startTicks: 9500 })] });
export const JAVA = holder({ pid: 7, program: 'java', executable: '/usr/bin/java', programKey: 'java app.jar' });
interface Seen {
  readonly listeners?: readonly Listener[];
  readonly findings?: readonly Finding[];
  readonly reference?: Reference;
  readonly areTablesRead?: boolean;
}

export function sightingOf({ listeners = [], findings = [], reference, areTablesRead = true }: Seen): Sighting {
  return { snapshot: snapshot(listeners, { findings }), areTablesRead, reference: reference ?? null, rows: new Map() };
}

export type ExpectedCase = readonly [what: string, Seen, Partial<Expectation>, Status, sentence: RegExp];

export function testVerdict([what, seen, changes, status, sentence]: ExpectedCase): void {
  test(`${what}: ${status}`, () => {
    const verdict = expectedVerdict({ ...WEB, ...changes }, sightingOf(seen));
    assert.equal(verdict.status, status, verdict.sentence);
    assert.match(verdict.sentence, sentence);
    assert.deepEqual([verdict.kind, verdict.subject], ['expect', 'web']);
  });
}
