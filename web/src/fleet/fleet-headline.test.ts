import assert from 'node:assert/strict';
import test from 'node:test';
import type { SummaryView } from '@portlight/server/views';
import { drift, groupOf, ladder } from '../test/findings.ts';
import { wedged } from '../test/other-findings.ts';
import { awaySentence, fleetHeadline, fleetTitle, headlineGroup } from './fleet-headline.ts';
import { lastClosedSentence } from './last-closed.ts';

type Counts = Pick<SummaryView, 'machines' | 'findings' | 'troubles' | 'offPort' | 'notAnswering'>;

function counts(reporting: number, silent: number, left: number, changes: Partial<Counts> = {}): Counts {
  return {
    machines: { total: reporting + silent + left, reporting, silent, left },
    findings: { critical: 0, warning: 0, notice: 0, total: 0 },
    troubles: 0,
    offPort: { machines: 0, groups: [], groupsOmitted: 0, programs: [] },
    notAnswering: { machines: 0, groups: [], groupsOmitted: 0 },
    ...changes,
  };
}

function off(
  machines: number,
  groups: readonly string[],
  changes: Partial<SummaryView['offPort']> = {},
): Partial<Counts> {
  return { troubles: 1, offPort: { machines, groups, groupsOmitted: 0, programs: ['node'], ...changes } };
}

function mute(machines: number, groups: readonly string[]): Partial<Counts> {
  return { troubles: 2, notAnswering: { machines, groups, groupsOmitted: 0 } };
}

const critical = { critical: 1, warning: 1, notice: 0, total: 2 };

const headlines = [
  ['all well', counts(1204, 0, 0), null, 'All 1,204 machines serve on their ports.'],
  ['one machine', counts(1, 0, 0), null, 'The only machine serves on its ports.'],
  ['some away', counts(199, 5, 0), null, '199 of 204 machines serve on their ports; 5 do not report.'],
  ['one left', counts(1, 0, 1), null, '1 of 2 machines serves on its ports; 1 does not report.'],
  ['none reporting', counts(0, 0, 2), null, 'No machine reports.'],
  ['many silent', counts(15, 5, 0, off(3, ['a'])), null, '5 of 20 machines are silent. Findings may be incomplete.'],
  ['the only one silent', counts(0, 1, 0), null, '1 of 1 machine is silent. Findings may be incomplete.'],
  [
    'one off',
    counts(4, 0, 0, off(1, ['web-eu'])),
    null,
    '1 of 4 machines has a web server off its port, all in web-eu.',
  ],
  [
    'two groups',
    counts(1204, 0, 0, off(31, ['web-eu', 'web-us'])),
    null,
    '31 of 1,204 machines have a web server off its port, in web-eu and web-us.',
  ],
  [
    'many groups and another program',
    counts(90, 0, 0, off(31, ['a', 'b', 'c', 'd', 'e', 'f'], { groupsOmitted: 3, programs: ['node', 'redis-server'] })),
    null,
    '31 of 90 machines have a service off its port, in 9 groups.',
  ],
  [
    'a name that hides something',
    counts(9, 0, 0, off(2, ['a\u202eb'])),
    null,
    '2 of 9 machines have a web server off its port, all in a\\u202eb.',
  ],
  [
    'one that does not answer',
    counts(4, 0, 0, mute(1, ['api-us'])),
    null,
    '1 of 4 machines holds its port but does not answer, all in api-us.',
  ],
  [
    'some that do not answer',
    counts(1204, 0, 0, mute(3, ['api-us', 'api-eu'])),
    null,
    '3 of 1,204 machines hold their port but do not answer, in api-us and api-eu.',
  ],
  [
    'machines off their port and some that do not answer',
    counts(4, 0, 0, { ...mute(2, ['api-us']), ...off(1, ['web-eu']) }),
    null,
    '1 of 4 machines has a web server off its port, all in web-eu.',
  ],
  [
    'many silent and one that does not answer',
    counts(15, 5, 0, mute(1, ['api-us'])),
    null,
    '5 of 20 machines are silent. Findings may be incomplete.',
  ],
  [
    'a stopped stream, some that do not answer',
    counts(9, 0, 0, mute(3, ['api-us'])),
    '03:13:49',
    '3 of 9 machines held their port but did not answer at 03:13:49.',
  ],
  [
    'other findings',
    counts(9, 0, 0, { troubles: 2, findings: critical }),
    null,
    'No server is off its port. 2 other findings need a look.',
  ],
  [
    'other findings, some away',
    counts(99, 1, 0, { troubles: 1, findings: critical }),
    null,
    'No server of a reporting machine is off its port. 1 other finding needs a look.',
  ],
  ['a stopped stream, all well', counts(4, 0, 0), '03:13:49', 'All 4 machines served on their ports at 03:13:49.'],
  [
    'a stopped stream, one off',
    counts(4, 0, 0, off(1, ['web-eu'])),
    '03:13:49',
    '1 of 4 machines had a web server off its port at 03:13:49.',
  ],
  [
    'a stopped stream, many silent',
    counts(1, 9, 0),
    '03:13:49',
    '9 of 10 machines were silent at 03:13:49. Findings may be incomplete.',
  ],
] as const;

for (const [name, given, pastAt, sentence] of headlines) {
  test(`the headline for ${name}`, () => {
    assert.equal(
      fleetHeadline(given, pastAt)
        .map(({ text }) => text)
        .join(''),
      sentence,
    );
  });
}

test('only what is wrong has the colour of trouble, only all clear that of health', () => {
  const tones = (given: Counts) => fleetHeadline(given, null).flatMap(({ tone }) => tone ?? []);
  assert.deepEqual(tones(counts(4, 0, 0, off(1, ['web-eu']))), ['critical']);
  assert.deepEqual(tones(counts(4, 0, 0, mute(1, ['api-us']))), ['critical']);
  assert.deepEqual(tones(counts(4, 0, 0)), ['ok']);
  assert.deepEqual(tones(counts(99, 1, 0)), []);
});

test('the page’s title counts what is wrong', () => {
  assert.equal(fleetTitle(null), 'Fleet');
  assert.equal(fleetTitle(counts(4, 0, 0)), 'Fleet');
  assert.equal(fleetTitle(counts(4, 0, 0, off(2, ['web-eu']))), '2 off port');
  assert.equal(fleetTitle(counts(4, 0, 0, mute(3, ['api-us']))), '3 not answering');
  assert.equal(fleetTitle(counts(4, 0, 0, { troubles: 1 })), '1 finding');
});

test('machines that are away are named', () => {
  assert.equal(awaySentence(counts(10, 0, 0)), '');
  assert.equal(
    awaySentence(counts(100, 1, 2)),
    '1 machine silent, 2 machines stopped: what is shown of them is from their last report.',
  );
});

test('with nothing open the last closed finding is told', () => {
  const now = Date.parse('2026-11-23T09:00:00.000Z');
  const lastClosed = {
    title: 'node is on 3001, should be on 3000',
    host: 'web-us-014',
    since: '2026-11-23T02:48:00.000Z',
    closedAt: '2026-11-23T03:00:00.000Z',
  };
  assert.equal(
    lastClosedSentence({ lastClosed }, now),
    'No open finding. The last one closed 6 h ago: node is on 3001, should be on 3000, on web-us-014, open for 12 min.',
  );
  assert.equal(lastClosedSentence({ lastClosed: null }, now), 'No open finding, and none was closed lately.');
});

test('what stands below the headline is about the same trouble', () => {
  const time = '2026-11-23T02:41:00.000Z';
  const [climbing, waiting, drifting] = [
    groupOf(ladder({ groupId: 'aa' }), [time], 9),
    groupOf(wedged({ groupId: 'bb' }), [time], 9),
    groupOf(drift({ groupId: 'cc' }), [time], 9),
  ];
  const idOf = (given: Counts, groups: Parameters<typeof headlineGroup>[1]) => headlineGroup(given, groups)?.id;
  assert.equal(idOf(counts(9, 0, 0, off(1, ['web-eu'])), [waiting, drifting, climbing]), 'cc');
  assert.equal(idOf(counts(9, 0, 0, off(1, ['web-eu'])), [waiting, climbing]), 'aa');
  assert.equal(idOf(counts(9, 0, 0, mute(1, ['api-us'])), [drifting, waiting]), 'bb');
  assert.equal(idOf(counts(9, 0, 0, { troubles: 1 }), [waiting, drifting]), 'bb');
  assert.equal(headlineGroup(counts(9, 0, 0), []), null);
});
