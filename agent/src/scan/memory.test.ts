import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alteredRoot, type Alterations, GONE } from '../../test/altered-root.ts';
import { at, ETC, MACHINE, scannerOf, START, tableWithout } from '../../test/scanned-machine.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { createFullScanner } from './full-scanner.ts';

test('a listener that a later scan sees first was opened then; for the first scan that is unknown', () => {
  const scan = scannerOf();
  assert.equal(scan(0, { bytes: { '1/net/tcp': tableWithout('5002') } }).listeners.length, 7);
  const opened = scan(1);
  assert.equal(at(opened, '127.0.0.1', 3000).openedAt, '2026-11-23T15:00:01.000Z');
  assert.equal(at(opened, '0.0.0.0', 111).openedAt, null);
  assert.equal(at(scan(2), '127.0.0.1', 3000).openedAt, '2026-11-23T15:00:01.000Z');
});

test('a row that one read missed is there while its holder has the descriptor, and gone when two scans miss it', () => {
  const scan = scannerOf();
  const missing: Alterations = { bytes: { '1/net/tcp': tableWithout('5002') } };
  const first = scan(0);
  assert.deepEqual(at(scan(1, missing), '127.0.0.1', 3000), at(first, '127.0.0.1', 3000));
  assert.deepEqual(at(scan(2), '127.0.0.1', 3000), at(first, '127.0.0.1', 3000));
  assert.equal(scan(3, missing).listeners.length, 8);
  assert.equal(scan(4, missing).listeners.length, 7);
});

test('a row is gone at once when its holders no longer have the descriptor', () => {
  const scan = scannerOf();
  scan(0);
  const closed = scan(1, { bytes: { '1/net/tcp': tableWithout('5002') }, lists: { '300/fd': ['5'], '301/fd': [] } });
  assert.equal(closed.listeners.length, 7);
});

/** Socket 5002 closes, holders and all, between the first reading of its row in a look and the walk. */
function closingInTheMiddle(isClosing: () => boolean): ProcRoot {
  const [before, after] = [tableWithout('nothing'), tableWithout('5002')];
  let reads = 0;
  const altered = alteredRoot(MACHINE, () =>
    isClosing() ? { lists: { '300/fd': [], '301/fd': [] }, bytes: { '1/net/tcp': reads === 0 ? before : after } } : {},
  );
  return {
    ...altered,
    lines: (path, take) => {
      const read = altered.lines(path, take);
      if (path === '1/net/tcp' && isClosing()) reads++;
      return read;
    },
  };
}

test('a socket that closed before its holder was found has vanished, and is gone in the next scan', () => {
  const root = closingInTheMiddle(() => true);
  const scanner = createFullScanner({ root, etc: ETC, commandLines: true });
  assert.equal(at(scanner.scan(new Date(START)), '127.0.0.1', 3000).holdersUnknown, 'vanished');
  assert.equal(scanner.scan(new Date(START + 1000)).listeners.length, 7);
});

test('a known socket that closed in the middle of a look is gone at once, never without a holder', () => {
  let isClosing = false;
  const scanner = createFullScanner({ root: closingInTheMiddle(() => isClosing), etc: ETC, commandLines: true });
  assert.equal(scanner.scan(new Date(START)).listeners.length, 8);
  isClosing = true;
  assert.equal(scanner.scan(new Date(START + 1000)).listeners.length, 7);
});

test('exec is noticed at once when it changes executable or name, and within 30 s when it changes neither', () => {
  const scan = scannerOf();
  const program = (seconds: number, alterations: Alterations) =>
    at(scan(seconds, alterations), '0.0.0.0', 8080).holders[0]?.program;
  assert.equal(program(0, {}), 'twin');
  assert.equal(program(1, { links: { '350/exe': '/opt/other' } }), 'other');
  const stat = '350 (new) S 1 350 350 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 91000 0 0\n';
  assert.equal(program(2, { bytes: { '350/stat': stat } }), 'twin');
  assert.equal(program(3, {}), 'twin');
  const commandLine = (seconds: number) =>
    at(scan(seconds, { bytes: { '350/cmdline': 'twin\0--new\0' } }), '0.0.0.0', 8080).holders[0]?.commandLine.at(-1);
  assert.notEqual(commandLine(4), '--new');
  assert.equal(commandLine(32), '--new');
});

test('exec is noticed at once when the stack may be seen, although name and executable stay', () => {
  const scan = scannerOf();
  const commandLine = (seconds: number, stack: number, argument: string) => {
    const stat = `350 (twin) S 1 350 350 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 91000 0 0 0 1 2 ${stack} 0\n`;
    const bytes = { '350/stat': stat, '350/cmdline': `twin\0${argument}\0` };
    return at(scan(seconds, { bytes }), '0.0.0.0', 8080).holders[0]?.commandLine.at(-1);
  };
  assert.equal(commandLine(0, 140736466511168, '--old'), '--old');
  assert.equal(commandLine(1, 140736466511168, '--new'), '--old');
  assert.equal(commandLine(2, 140736914091744, '--new'), '--new');
});

test('a replaced executable is noticed at once: it says why an old process is still there', () => {
  const scan = scannerOf();
  const isDeleted = (seconds: number, alterations: Alterations) =>
    at(scan(seconds, alterations), '0.0.0.0', 8080).holders[0]?.executableDeleted;
  assert.equal(isDeleted(0, {}), false);
  assert.equal(
    isDeleted(1, { links: { '350/exe': '/opt/twin (deleted)', '350/root/opt/twin (deleted)': GONE } }),
    true,
  );
});

test('a process that ends in the middle of a look is no other program for that look', () => {
  const scan = scannerOf();
  const before = at(scan(0), '0.0.0.0', 8080).holders[0];
  const ended: Alterations = { bytes: { '350/stat': GONE, '350/cmdline': GONE }, links: { '350/exe': GONE } };
  assert.deepEqual(at(scan(1, ended), '0.0.0.0', 8080).holders[0], before);
});
