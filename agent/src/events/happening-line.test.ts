import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift } from '../../test/findings.ts';
import { holder } from '../../test/snapshots.ts';
import { type Event, type Happening } from '../contract.ts';
import { happeningLine, PLAIN_LINE } from './happening-line.ts';

const AT = '2026-11-23T03:14:07.000Z';
const HOST = '4026531840';
const EVENT: Event & { readonly sequence: number } = {
  sequence: 7,
  id: 7,
  at: AT,
  kind: 'opened',
  protocol: 'tcp',
  address: '::1',
  port: 3000,
  networkNamespace: HOST,
  inode: '5000',
  holders: [holder()],
  detail: null,
};

suite('a happening as a line', () => {
  const cases: readonly (readonly [string, Happening, string])[] = [
    ['with its holder', EVENT, 'opened           tcp  [::1]:3000           node (pid 18231)'],
    [
      'of several processes, in another namespace, with a detail',
      {
        ...EVENT,
        kind: 'holders-changed',
        holders: [holder(), holder({ pid: 2 })],
        networkNamespace: '4026532000',
        detail: 'node (pid 2) joined',
      },
      'holders-changed  tcp  [::1]:3000           netns 4026532000  node (pid 18231 +1)  node (pid 2) joined',
    ],
    [
      'that nobody is known to hold',
      { ...EVENT, kind: 'closed', protocol: 'udp', holders: [] },
      'closed           udp  [::1]:3000           (unknown holder)',
    ],
    [
      'of lost time',
      { ...EVENT, kind: 'gap', networkNamespace: '', detail: 'nobody looked' },
      'gap              nobody looked',
    ],
    [
      'of a finding',
      { sequence: 8, at: AT, kind: 'finding-opened', finding: drift() },
      'finding-opened   CRITICAL: node is on 3001, should be on 3000  Drift · web.service · old process still holds 127.0.0.1:3000',
    ],
  ];
  for (const [name, happening, line] of cases) {
    test(name, () => assert.equal(happeningLine(happening, HOST, PLAIN_LINE), `${AT}  ${line}`));
  }

  test('stays one line of printable text whatever names it holds', () => {
    const program = 'a\nb\u001b[2J\u202e\u2028';
    const told = [
      { ...EVENT, holders: [holder({ program })], detail: program },
      { sequence: 8, at: AT, kind: 'finding-closed' as const, finding: drift({ title: program, subtitle: program }) },
    ].map((one) => happeningLine(one, null, PLAIN_LINE));
    for (const line of told) {
      assert.equal(line.split('a\\nb\\x1b[2J\\u202e\\u2028').length, 3, line);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}]/u);
    }
  });
});
