import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { amounts, counter, exposition, gauge, latest, type Sample } from './exposition.ts';
import { DurationHistogram } from './histogram.ts';
import { Labels } from './labels.ts';

const labelled = (name: string, value: number | null = 1): Sample => ({ labels: Labels.of({ name }), value });
/** The label as it stands in the text, between its quotes. */
const written = (name: string) => {
  const [, , series = ''] = exposition([gaugeOf([labelled(name)])]).split('\n');
  return series.slice('g{name="'.length, -'"} 1'.length);
};
const gaugeOf = (samples: readonly Sample[]) => amounts('g', 'Help.', samples);

suite('the text format', () => {
  test('help, type and series of each family, in their order', () => {
    const families = [
      gauge('b', 'A \\ and a\nline.', 0.5),
      counter('a_total', 'Counts.', 3),
      gaugeOf([labelled('z'), labelled('a', 2)]),
    ];
    assert.equal(
      exposition(families),
      [
        '# HELP b A \\\\ and a\\nline.',
        '# TYPE b gauge',
        'b 0.5',
        '# HELP a_total Counts.',
        '# TYPE a_total counter',
        'a_total 3',
        '# HELP g Help.',
        '# TYPE g gauge',
        'g{name="z"} 1',
        'g{name="a"} 2',
        '',
      ].join('\n'),
    );
  });

  test('what is not known has no series, and a family without any is left out', () => {
    assert.equal(exposition([gauge('unknown', 'Help.', null), gaugeOf([]), gaugeOf([labelled('a', null)])]), '');
    assert.match(exposition([gaugeOf([labelled('a', null), labelled('b', 0)])]), /^[^{]*\ng\{name="b"\} 0\n$/);
  });

  test('the same labels twice are one series: amounts are added, of times the latest counts', () => {
    const twice = [labelled('a', 2), labelled('b', 1), labelled('a', 3)];
    assert.match(exposition([amounts('g', 'Help.', twice)]), /gauge\ng\{name="a"\} 5\ng\{name="b"\} 1\n$/);
    assert.match(exposition([latest('g', 'Help.', twice)]), /gauge\ng\{name="a"\} 3\ng\{name="b"\} 1\n$/);
  });

  test('values that only differ beyond the cut are one series, too', () => {
    const long = 'x'.repeat(300);
    const text = exposition([gaugeOf([labelled(`${long}1`), labelled(`${long}2`)])]);
    assert.equal(text.split('\n').filter((line) => line.startsWith('g{')).length, 1);
    assert.match(text, /"x{199}…"\} 2\n$/);
  });

  const cases: [string, string, string][] = [
    ['a plain name', 'web.service', 'web.service'],
    ['quotes', 'a "b"', 'a \\"b\\"'],
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a newline', 'a\nb', 'a\\\\nb'],
    ['a newline that is already shown', 'a\\nb', 'a\\\\nb'],
    ['a carriage return and a null byte', '\r\0', '\\\\r\\\\x00'],
    ['a turn of direction', '\u202egpj', '\\\\u202egpj'],
    ['bytes that were no UTF-8', 'a\ufffdb', 'a\ufffdb'],
    ['half a pair of surrogates', '\ud800', '\\\\ud800'],
    ['a line of the format itself', '"} 1\n# TYPE g counter', '\\"} 1\\\\n# TYPE g counter'],
    ['nothing', '', ''],
  ];
  for (const [what, name, expected] of cases) {
    test(`${what} in a label`, () => assert.equal(written(name), expected));
  }

  test('buckets count what took as long or less', () => {
    const histogram = new DurationHistogram([0.01, 0.1]);
    for (const seconds of [0.005, 0.01, 0.05, 7]) histogram.add(seconds);
    const text = exposition([{ kind: 'histogram', name: 'h', help: 'Help.', histogram: histogram.value }]);
    assert.deepEqual(text.trim().split('\n').slice(1), [
      '# TYPE h histogram',
      'h_bucket{le="0.01"} 2',
      'h_bucket{le="0.1"} 3',
      'h_bucket{le="+Inf"} 4',
      'h_sum 7.065',
      'h_count 4',
    ]);
  });
});
