import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift, ladder, staleHolder } from '../../test/findings.ts';
import { holder, listener } from '../../test/snapshots.ts';
import { type Finding, type FindingKind, type Listener } from '../contract.ts';
import { isOf, marksOf } from './finding-marks.ts';

const OLD = listener({});
const NEW = listener({ port: 3001, inode: '5001', holders: [holder({ pid: 20114, startTicks: 9000 })] });
const NEWEST = listener({ port: 3002, inode: '5002', holders: [holder({ pid: 20377, startTicks: 9500 })] });
const METRICS = { ...NEW, port: 9464, inode: '5003' };
const OTHER = listener({ port: 3000, address: '127.0.0.2', inode: '9', holders: [holder({ pid: 5 })] });

suite('a listener is marked with what it is in a finding', () => {
  const cases: readonly (readonly [string, Listener, Finding, readonly FindingKind[]])[] = [
    ['who stayed on the home of a drift', OLD, drift(), ['stale-holder']],
    ['who is off its port', NEW, drift(), ['drift']],
    ['another port of who is off its port', METRICS, drift(), []],
    ['another process on the port', OTHER, drift(), []],
    ['who stayed on the home of a ladder', OLD, ladder(), ['stale-holder']],
    ['a rung that was left', NEW, ladder(), ['ladder']],
    ['the newest rung', NEWEST, ladder(), ['ladder']],
    ['a stale holder', OLD, staleHolder(), ['stale-holder']],
    ['the same place in another namespace', { ...OLD, networkNamespace: '1' }, drift(), []],
    ['the same port of UDP', { ...OLD, protocol: 'udp' }, drift(), []],
  ];
  for (const [what, one, finding, marks] of cases) test(what, () => assert.deepEqual(marksOf(one, [finding]), marks));

  test('each kind once', () => assert.deepEqual(marksOf(OLD, [drift(), ladder(), staleHolder()]), ['stale-holder']));
});

test('a finding is about every listener of its processes, the left-behind ones too', () => {
  const found = (finding: Finding) => [OLD, NEW, METRICS, OTHER].map((one) => isOf(one, finding));
  assert.deepEqual(found(drift()), [true, true, true, false]);
  assert.deepEqual(found(drift({ holders: [] })), [true, false, false, false]);
});
