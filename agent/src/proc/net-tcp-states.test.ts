import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusBytes, corpusCases } from '../../test/corpus.ts';
import { type Family } from '../contract.ts';
import { createStateReader } from './net-tcp-states.ts';

/** The columns of each row as text: `0100007F:0BB8 0100007F:D431 01 owned`. */
function states(bytes: Buffer, family: Family = 'ipv4'): string[] {
  const seen: string[] = [];
  const read = createStateReader(family, ({ port, state, hasInode, addressAt, peerEnd }, lines) => {
    assert.equal(Number.parseInt(lines.toString('latin1', addressAt, peerEnd).split(':')[1] ?? '', 16), port);
    const columns = lines.toString('latin1', addressAt, peerEnd).replace(/ +/, ' ');
    seen.push(`${columns} ${state.toString(16).toUpperCase().padStart(2, '0')} ${hasInode ? 'owned' : 'no inode'}`);
  });
  read(bytes);
  return seen;
}

/** The same by way of a pattern, slow and plain. */
function statesByPattern(bytes: Buffer): string[] {
  const row = /^ *\d+: +([0-9A-F]+:[0-9A-F]{4}) +([0-9A-F]+:[0-9A-F]{4}) +([0-9A-F]{2})(?: +\S+){5} +(\d+)(?: .*)?$/;
  return bytes
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [, local, peer, state, inode] = row.exec(line) ?? [];
      return local === undefined ? [] : [`${local} ${peer} ${state} ${Number(inode) === 0 ? 'no inode' : 'owned'}`];
    });
}

const FAMILY_OF: Readonly<Record<string, Family>> = { '/proc/net/tcp': 'ipv4', '/proc/net/tcp6': 'ipv6' };
for (const [format, family] of Object.entries(FAMILY_OF)) {
  for (const { id, files } of corpusCases(format)) {
    test(`every good row of ${format} of ${id} is told, whatever its state`, () => {
      const bytes = corpusBytes(files[0]!);
      const width = family === 'ipv4' ? 8 : 32;
      const expected = statesByPattern(bytes).filter((text) => text.indexOf(':') === width);
      assert.deepEqual(states(bytes, family), expected);
    });
  }
}

const KERNEL =
  '  12: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 20 4 30 10 -1';
const ROWS: readonly (readonly [string, string, readonly string[]])[] = [
  ['a row as the kernel prints it', KERNEL, ['0100007F:0BB8 0100007F:D431 01 owned']],
  ['an unaccepted one', KERNEL.replace('4242', '0'), ['0100007F:0BB8 0100007F:D431 01 no inode']],
  [
    'a uid of ten digits moves the inode',
    KERNEL.replace(' 1000', '4294967294').replace('4242', '0'),
    ['0100007F:0BB8 0100007F:D431 01 no inode'],
  ],
  ['columns by single blanks', KERNEL.replace(/ +/g, ' '), ['0100007F:0BB8 0100007F:D431 01 owned']],
  ['an inode is the last thing there is', KERNEL.replace(/ 4242.*/, ' 4242'), ['0100007F:0BB8 0100007F:D431 01 owned']],
  ['a row cut behind its inode column', KERNEL.replace(/ 4242.*/, ' '), []],
  ['a row cut in its address', '  12: 0100', []],
  ['an address of the other IP version', KERNEL.replace('0100007F', '0'.repeat(32)), []],
  ['a port that is no number', KERNEL.replace('0BB8', '0BXX'), []],
  ['an inode that is no number', KERNEL.replace('4242', '42x2'), []],
  ['lower case, which no kernel prints', KERNEL.replace('0BB8', '0bb8'), []],
];
for (const [name, row, expected] of ROWS) {
  test(name, () => assert.deepEqual(states(Buffer.from(row)), expected));
}

interface Line {
  readonly bytes: Buffer;
  readonly isGood: boolean;
}

test('any bytes never throw and never hide a good row', () => {
  const garbage = fc
    .oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ max: KERNEL.length, min: 0 }).map((length) => Buffer.from(KERNEL.slice(0, length))),
    )
    .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));
  const good = fc.integer({ min: 1, max: 0xffff }).map((port) => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return Buffer.from(KERNEL.replace('0BB8', hex));
  });
  const line = fc.oneof(
    garbage.map((bytes): Line => ({ bytes, isGood: false })),
    good.map((bytes): Line => ({ bytes, isGood: true })),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const told = states(Buffer.concat(lines.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])));
      const owed = lines.filter(({ isGood }) => isGood).flatMap(({ bytes }) => states(bytes));
      assert.equal(owed.length, lines.filter(({ isGood }) => isGood).length);
      let from = 0;
      for (const row of owed) {
        from = told.indexOf(row, from) + 1;
        assert.ok(from > 0, `${row} is hidden`);
      }
    }),
  );
});
