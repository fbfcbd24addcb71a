import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift, ladder } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { type Finding, type Listener } from '../contract.ts';
import { type Expectation } from '../findings/expectation.ts';
import { expectedVerdict } from './expected.ts';
import { type Reference } from './newer-than.ts';
import { type Sighting } from './sighting.ts';
import { type Status } from './verdict.ts';

const WEB: Expectation = {
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
};
const TWO_PLACES = { places: [...WEB.places, { address: '127.0.0.1', port: 3100 }] };

const OLD = listener({});
const NEW = listener({ port: 3001, inode: '5001', holders: [holder({ pid: 20114, startTicks: 9000 })] });
const NEWEST = listener({ port: 3002, inode: '5002', holders: [holder({ pid: 20377, startTicks: 9500 })] });
const DENIED = listener({ holders: [], holdersUnknown: 'denied' });
const JAVA = holder({ pid: 7, program: 'java', executable: '/usr/bin/java', programKey: 'java app.jar' });
const THAN_OLD: Reference = {
  kind: 'process',
  pid: 18231,
  startTicks: 4711,
  checkStartTicks: null,
  arePidsInOrder: false,
};
const THAN_NOTHING: Reference = { ...THAN_OLD, pid: 1, startTicks: 1 };
const THAN_GONE: Reference = { ...THAN_OLD, pid: 5, startTicks: null };

interface Seen {
  readonly listeners?: readonly Listener[];
  readonly findings?: readonly Finding[];
  readonly reference?: Reference;
  readonly areTablesRead?: boolean;
}

function sightingOf({ listeners = [], findings = [], reference, areTablesRead = true }: Seen): Sighting {
  return { snapshot: snapshot(listeners, { findings }), areTablesRead, reference: reference ?? null, rows: new Map() };
}

type Case = readonly [what: string, Seen, Partial<Expectation>, Status, sentence: RegExp];

const CASES: readonly Case[] = [
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

  [
    'a drift of it',
    { listeners: [OLD, NEW], findings: [drift()] },
    {},
    'CRITICAL',
    /^web is not on 127\.0\.0\.1:3000: an old node \(pid 18231, started 17 Nov 02:11:00 UTC\) still holds it, the new one \(pid 20114\) listens on 3001$/,
  ],
  [
    'a ladder of it',
    { listeners: [OLD, NEW, NEWEST], findings: [ladder()] },
    {},
    'CRITICAL',
    /the new one \(pid 20377\) listens on 3002$/,
  ],
  [
    'a drift from a place nobody holds',
    { listeners: [NEW], findings: [drift({ causes: [] })] },
    {},
    'CRITICAL',
    /: nothing listens there, node \(pid 20114\) listens on 3001$/,
  ],
  [
    'its place taken by another, itself elsewhere',
    {
      listeners: [listener({ holders: [JAVA] }), NEW],
      findings: [drift({ service: 'web', causes: [] })],
    },
    {},
    'CRITICAL',
    /: java \(pid 7, started .*\) holds it, node \(pid 20114\) listens on 3001$/,
  ],
  [
    'a warning about it',
    { listeners: [OLD], findings: [drift({ severity: 'warning', title: 'Slow.', sentence: 'It is slow.' })] },
    {},
    'WARNING',
    /^web is served on .*, but: It is slow\.$/,
  ],
  ['a notice about it', { listeners: [OLD], findings: [drift({ severity: 'notice' })] }, {}, 'OK', /^web is served/],
  [
    'the trouble of another program that wants its place',
    {
      listeners: [OLD],
      findings: [
        drift({ programKey: 'java app.jar', service: 'api', causes: [], holders: [{ pid: 7, startTicks: 4711 }] }),
      ],
    },
    {},
    'OK',
    /^web is served/,
  ],
  [
    'the same trouble in a container',
    { listeners: [OLD], findings: [drift({ networkNamespace: '4026539999' })] },
    {},
    'OK',
    /^web is served/,
  ],
];

suite('the verdict on an expectation, seeing', () => {
  for (const [what, seen, changes, status, sentence] of CASES) {
    test(`${what}: ${status}`, () => {
      const verdict = expectedVerdict({ ...WEB, ...changes }, sightingOf(seen));
      assert.equal(verdict.status, status, verdict.sentence);
      assert.match(verdict.sentence, sentence);
      assert.deepEqual([verdict.kind, verdict.subject], ['expect', 'web']);
    });
  }

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
