import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { reportOf, reportText } from './report.ts';
import { type Status, type Verdict } from './verdict.ts';

const verdict = (status: Status, subject = 'web'): Verdict => ({
  kind: 'expect',
  subject,
  status,
  sentence: `${subject} says ${status.toLowerCase()}`,
  evidence: [],
  steps: [],
});
const AT = new Date('2026-11-23T03:14:07.000Z');

suite('the report of a check', () => {
  const cases: readonly (readonly [readonly Status[], Status, number])[] = [
    [['OK'], 'OK', 0],
    [['OK', 'WARNING'], 'WARNING', 1],
    [['WARNING', 'UNKNOWN', 'OK'], 'UNKNOWN', 3],
    [['UNKNOWN', 'CRITICAL', 'WARNING'], 'CRITICAL', 2],
    [[], 'UNKNOWN', 3],
  ];
  for (const [statuses, status, exitCode] of cases) {
    test(`${statuses.join(', ') || 'nothing'} is ${status}, exit code ${exitCode}`, () => {
      const report = reportOf(
        statuses.map((one) => verdict(one)),
        AT,
      );
      assert.deepEqual([report.status, report.exitCode], [status, exitCode]);
    });
  }

  test('one verdict is its line, then facts and commands', () => {
    const steps = [
      { title: 'Look', command: 'ss -ltn', expect: 'One line' },
      { title: 'Look again', command: 'ss -ltn' },
    ];
    const text = reportText(reportOf([{ ...verdict('CRITICAL'), evidence: ['Nobody is there.'], steps }], AT));
    assert.deepEqual(text.split('\n'), [
      'CRITICAL: web says critical',
      '  Nobody is there.',
      '  1. Look:',
      '       ss -ltn',
      '     Expect: One line',
      '  2. Look again:',
      '       ss -ltn',
      '',
    ]);
  });

  test('several have a line each, the worst first, and facts under their names', () => {
    const shop = { ...verdict('CRITICAL', 'shop'), evidence: ['It is gone.'] };
    const text = reportText(reportOf([verdict('OK'), shop, verdict('WARNING', 'api')], AT));
    assert.deepEqual(text.split('\n'), [
      'CRITICAL: shop says critical',
      'WARNING: api says warning',
      'OK: web says ok',
      '',
      'shop:',
      '  It is gone.',
      '',
    ]);
  });

  test('no sentence breaks its line', () => {
    const text = reportText(reportOf([{ ...verdict('CRITICAL'), sentence: 'a\nOK: b' }], AT));
    assert.equal(text, 'CRITICAL: a\\nOK: b\n');
  });
});
