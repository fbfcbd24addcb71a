import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { JAVA, NEW, OLD, sightingOf, testVerdict, WEB, type ExpectedCase } from '../../test/expected-cases.ts';
import { drift } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { expectedVerdict } from './expected.ts';
import { type Reference } from './newer-than.ts';

const TWO_PLACES = { places: [...WEB.places, { address: '127.0.0.1', port: 3100 }] };

const DENIED = listener({ holders: [], holdersUnknown: 'denied' });
const THAN_OLD: Reference = {
  kind: 'process',
  pid: 18231,
  startTicks: 4711,
  checkStartTicks: null,
  arePidsInOrder: false,
};
const THAN_NOTHING: Reference = { ...THAN_OLD, pid: 1, startTicks: 1 };
const THAN_GONE: Reference = { ...THAN_OLD, pid: 5, startTicks: null };

const CASES: readonly ExpectedCase[] = [
  [
    'a server at its place',
    { listeners: [OLD] },
    {},
    'OK',
    /^web is served on 127\.0\.0\.1:3000 by node \(pid 18231\)$/,
  ],
  [
    'one on every interface',
    { listeners: [listener({ address: '0.0.0.0', exposure: 'any' })] },
    {},
    'OK',
    /^web is served on/,
  ],
  ['one at the alternative', { listeners: [listener({ port: 3100 })] }, TWO_PLACES, 'OK', /on 127\.0\.0\.1:3100 by/],
  ['one whose holder may not be seen', { listeners: [DENIED] }, {}, 'OK', /by a process that may not be seen$/],
  [
    'nobody',
    {},
    TWO_PLACES,
    'CRITICAL',
    /^web is not on 127\.0\.0\.1:3000 or 127\.0\.0\.1:3100: nothing listens there$/,
  ],
  ['one on another port', { listeners: [NEW] }, {}, 'CRITICAL', /nothing listens there$/],
  [
    'one in a container',
    { listeners: [listener({ isHostNamespace: false })] },
    {},
    'CRITICAL',
    /nothing listens there$/,
  ],
  [
    'unreadable tables',
    { listeners: [OLD], areTablesRead: false },
    {},
    'UNKNOWN',
    /tables of sockets could not be read$/,
  ],

  [
    'the declared program',
    { listeners: [OLD] },
    { exe: 'node', user: '1000', unit: 'web.service' },
    'OK',
    /^web is served/,
  ],
  [
    'another program',
    { listeners: [listener({ holders: [JAVA] })] },
    { exe: 'node' },
    'CRITICAL',
    /^web is not on 127\.0\.0\.1:3000: java \(pid 7\) holds it and is not running node$/,
  ],
  ['another unit', { listeners: [OLD] }, { unit: 'shop.service' }, 'CRITICAL', /and is not in shop\.service$/],
  ['another user', { listeners: [OLD] }, { user: 'root' }, 'CRITICAL', /and is not user root$/],
  [
    'a worker that is as declared',
    { listeners: [listener({ holders: [JAVA, holder()] })] },
    { exe: 'node' },
    'OK',
    /^web is served/,
  ],
  [
    'the wildcard’s program, the address being another’s',
    {
      listeners: [listener({ address: '0.0.0.0', exposure: 'any' }), listener({ inode: '9', holders: [JAVA] })],
    },
    { exe: 'node' },
    'CRITICAL',
    /java \(pid 7\) holds it/,
  ],
  [
    'the declared program beside another one',
    { listeners: [OLD, listener({ inode: '9', holders: [JAVA] })] },
    { exe: 'node' },
    'CRITICAL',
    /java/,
  ],
  [
    'socket activation by pid 1',
    { listeners: [listener({ holders: [holder({ pid: 1, program: 'systemd' }), holder()] })] },
    { exe: 'node' },
    'OK',
    /by node \(pid 18231\)$/,
  ],
  [
    'a holder that may not be seen, a program declared',
    { listeners: [DENIED] },
    { exe: 'node' },
    'UNKNOWN',
    /whether it would be running node cannot be seen$/,
  ],
  [
    'an executable that may not be seen',
    { listeners: [listener({ holders: [holder({ executable: null })] })] },
    { exe: '/usr/bin/node' },
    'UNKNOWN',
    /cannot be seen$/,
  ],

  ['a newer holder', { listeners: [OLD], reference: THAN_NOTHING }, {}, 'OK', /^web is served/],
  [
    'the very process that was to go',
    { listeners: [OLD], reference: THAN_OLD },
    {},
    'CRITICAL',
    /\(pid 18231, started .*\), which is that very process$/,
  ],
  [
    'an older holder',
    { listeners: [OLD], reference: { ...THAN_OLD, pid: 9, startTicks: 4712 } },
    {},
    'CRITICAL',
    /, which is not newer than pid 9$/,
  ],
  [
    'an old holder beside a new one',
    { listeners: [listener({ holders: [holder(), holder({ pid: 3, startTicks: 9000 })] })], reference: THAN_OLD },
    {},
    'CRITICAL',
    /that very process$/,
  ],
  ['newer than one that is gone', { listeners: [OLD], reference: THAN_GONE }, {}, 'UNKNOWN', /; pid 5 is gone, /],
  [
    'a holder that may not be seen, to be newer',
    { listeners: [DENIED], reference: THAN_OLD },
    {},
    'UNKNOWN',
    /be newer than pid 18231 cannot be seen$/,
  ],
];

suite('the verdict on an expectation, seeing', () => {
  for (const one of CASES) testVerdict(one);

  test('what is bad comes with facts and commands, those of the finding where there is one', () => {
    const verdict = expectedVerdict(WEB, sightingOf({ listeners: [OLD, NEW], findings: [drift()] }));
    assert.deepEqual(verdict.steps, drift().steps);
    assert.ok(verdict.evidence.includes('Pid 18231 still runs.'));
    assert.match(
      verdict.evidence[0]!,
      /^127\.0\.0\.1:3000 is held by node \(pid 18231, user web, web\.service, started /,
    );
    assert.equal(expectedVerdict(WEB, sightingOf({})).steps[0]?.command, "sudo ss -Hltnp 'sport = :3000'");
  });

  test('what could not be seen says why, with the remedy', () => {
    const notes = ['2 socket tables could not be read. Run the agent as root.'];
    const { coverage } = snapshot([]);
    const blind = {
      ...sightingOf({}),
      areTablesRead: false,
      snapshot: snapshot([], { coverage: { ...coverage, notes } }),
    };
    assert.deepEqual(expectedVerdict(WEB, blind).evidence, notes);
    assert.match(
      expectedVerdict({ ...WEB, exe: 'node' }, sightingOf({ listeners: [DENIED] })).evidence.join(),
      /as root/,
    );
  });

  test('hostile names and command lines are escaped, and none is in a command', () => {
    const hostile = holder({ program: '$(reboot)\u001b[2J', commandLine: ['a\nOK: fine'], programKey: 'x' });
    const seen = { listeners: [listener({ holders: [hostile] })] };
    const verdict = expectedVerdict({ ...WEB, exe: 'node' }, sightingOf(seen));
    const shown = [verdict.sentence, ...verdict.evidence].join('');
    assert.ok(!shown.includes('\u001b') && !shown.includes('\n'));
    for (const { command } of verdict.steps) assert.ok(!command.includes('reboot'));
  });
});
