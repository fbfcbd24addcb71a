import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownCommandLine } from './command-line.ts';

const bytesOf = (argv: readonly string[]) => Buffer.byteLength(argv.join(' '));

test('a command line is shown as it is, its controls escaped', () => {
  assert.deepEqual(shownCommandLine(['node', 'a b', '', 'x\ny']), ['node', 'a b', '', 'x\\ny']);
});

test('a command line is cut after 4 KiB, in whatever way it is long', () => {
  const long = [
    ['x'.repeat(2_000_000)],
    ['é'.repeat(5000)],
    ['a', '🚀'.repeat(3000), 'b'],
    Array.from({ length: 9000 }, () => 'x'),
  ];
  for (const argv of long) {
    const shown = shownCommandLine(argv);
    assert.ok(bytesOf(shown) <= 4096 && bytesOf(shown) > 4000, String(bytesOf(shown)));
    assert.ok(shown.every((argument) => argument.isWellFormed() && !argument.includes('\uFFFD')));
  }
});
