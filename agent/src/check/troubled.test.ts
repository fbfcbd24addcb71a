import { suite } from 'node:test';
import { drift, ladder, staleHolder } from '../../test/findings.ts';
import { listener } from '../../test/snapshots.ts';
import { JAVA, NEW, NEWEST, OLD, testVerdict, type ExpectedCase } from '../../test/expected-cases.ts';

const CASES: readonly ExpectedCase[] = [
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
    'a program that moved here from where it was learned',
    { listeners: [NEW], findings: [drift({ causes: [] })] },
    { places: [{ address: '127.0.0.1', port: 3001 }] },
    'OK',
    /^web is served on 127\.0\.0\.1:3001/,
  ],
  [
    'a left-behind rung of a ladder, declared to be the place',
    { listeners: [OLD, NEW, NEWEST], findings: [ladder()] },
    { places: [{ address: '127.0.0.1', port: 3001 }] },
    'CRITICAL',
    /: an old node \(pid 20114, .*\) still holds it, the new one \(pid 20377\) listens on 3002$/,
  ],
  [
    'another trouble of its process',
    { listeners: [OLD], findings: [staleHolder({ port: 9000, causes: [], severity: 'warning' })] },
    {},
    'WARNING',
    /^web is served on .*, but: node holds 3000/,
  ],
  [
    'the same trouble in a container',
    { listeners: [OLD], findings: [drift({ networkNamespace: '4026539999' })] },
    {},
    'OK',
    /^web is served/,
  ],
];

suite('the verdict on an expectation, with findings:', () => {
  for (const one of CASES) testVerdict(one);
});
