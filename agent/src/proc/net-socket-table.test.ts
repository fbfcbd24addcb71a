import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusBytes, corpusCases } from '../../test/corpus.ts';
import { type Family } from '../contract.ts';
import { type SocketTable } from './net-socket-table.ts';
import { parseNetTcp, readNetTcp } from './net-tcp.ts';
import { parseNetUdp } from './net-udp.ts';
import { openProcRoot } from './proc-root.ts';

const PARSERS: Readonly<Record<string, (bytes: Buffer) => SocketTable>> = {
  '/proc/net/tcp': (bytes) => parseNetTcp(bytes, 'ipv4'),
  '/proc/net/tcp6': (bytes) => parseNetTcp(bytes, 'ipv6'),
  '/proc/net/udp': (bytes) => parseNetUdp(bytes, 'ipv4'),
  '/proc/net/udp6': (bytes) => parseNetUdp(bytes, 'ipv6'),
};

interface ExpectedTable {
  readonly listeners: readonly {
    readonly address: string;
    readonly port: number;
    readonly uid: number;
    readonly inode: number;
    readonly rxQueue: number;
  }[];
  readonly malformedLines: readonly unknown[];
}

for (const [format, parse] of Object.entries(PARSERS)) {
  for (const { id, files, expected } of corpusCases(format)) {
    test(`${format} of ${id} has the sockets its project says it has, and skips the malformed rows alone`, () => {
      const { listeners, malformedLines } = expected as ExpectedTable;
      assert.deepEqual(parse(corpusBytes(files[0]!)), {
        rows: listeners.map(({ address, port, uid, inode, rxQueue }) => ({
          address,
          port,
          uid,
          inode: String(inode),
          receiveQueue: rxQueue,
        })),
        skippedRows: malformedLines.length,
      });
    });
  }
}

test('each line that procfs calls malformed is skipped and counted, and a good one after it is kept', () => {
  const good = '   1: 0100007F:0BB8 00000000:0000 07 00000000:00000001 0:0 0 1000 0 39309';
  const lines = JSON.parse(corpusBytes('procfs-malformed-lines/lines.json').toString()) as {
    fields: string;
    ok: boolean;
  }[];
  assert.equal(lines.length, 11);
  for (const { fields, ok } of lines) {
    const table = PARSERS['/proc/net/udp']!(Buffer.from(`${fields}\n${good}\n`));
    assert.deepEqual([table.skippedRows, table.rows.length], [ok ? 0 : 1, 1], fields);
  }
});

const tcp = (...rows: readonly string[]) =>
  PARSERS['/proc/net/tcp']!(Buffer.from(['  sl  local_address …', ...rows].join('\n')));
const LISTEN =
  '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0';
const ROW = { address: '127.0.0.1', port: 3000, uid: 1000, inode: '4242', receiveQueue: 3 };

const ROWS: readonly (readonly [string, readonly string[], SocketTable])[] = [
  ['a row that comes twice, as reads are not atomic, counts once', [LISTEN, LISTEN], { rows: [ROW], skippedRows: 0 }],
  [
    'an inode beyond 2^53 keeps all its digits',
    [LISTEN.replace('4242', '18446744073709551615')],
    { rows: [{ ...ROW, inode: '18446744073709551615' }], skippedRows: 0 },
  ],
  [
    'a socket without an inode belongs to nobody and is no listener',
    [LISTEN.replace('4242', '0')],
    { rows: [], skippedRows: 0 },
  ],
  ['a row cut in the middle is skipped', [LISTEN, LISTEN.slice(0, 60)], { rows: [ROW], skippedRows: 1 }],
  [
    'a row of another family is skipped',
    [LISTEN.replace('0100007F', '00000000000000000000000000000000')],
    { rows: [], skippedRows: 1 },
  ],
  [
    'a row of a megabyte is skipped',
    [`${LISTEN} ${'0'.repeat(1 << 20)}x`.replace('   0:', `   ${'0'.repeat(2000)}:`), LISTEN],
    { rows: [ROW], skippedRows: 1 },
  ],
  ['an established connection is no listener', [LISTEN.replace(' 0A ', ' 01 ')], { rows: [], skippedRows: 0 }],
  [
    'state 07 of a TCP socket is closed and no listener',
    [LISTEN.replace(' 0A ', ' 07 ')],
    { rows: [], skippedRows: 0 },
  ],
  ['an empty file has no rows', [], { rows: [], skippedRows: 0 }],
];
for (const [name, rows, expected] of ROWS) test(name, () => assert.deepEqual(tcp(...rows), expected));

test('whatever stands around it, a good row is never hidden', () => {
  const garbage = fc
    .oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(LISTEN.slice(0, 60), ' sl', '').map((text) => Buffer.from(text)),
    )
    .map((bytes) => Buffer.from(bytes).filter((byte) => byte !== 10));
  fc.assert(
    fc.property(fc.array(garbage), fc.array(garbage), (before, after) => {
      const lines = [...before, Buffer.from(LISTEN), ...after].flatMap((line) => [line, Buffer.from('\n')]);
      const { rows } = parseNetTcp(Buffer.concat(lines), 'ipv4');
      assert.ok(rows.some((row) => row.inode === ROW.inode && row.port === ROW.port));
    }),
  );
});

test('listeners come first: a table is read no further than 64 rows of others beyond them', () => {
  const established = LISTEN.replace(' 0A ', ' 01 ');
  const table = (...rows: readonly string[]) => rows.map((row) => `${row}\n`).join('');
  const begin = table('  sl  local_address', LISTEN, ...new Array<string>(63).fill(established));
  const scanned = (...pieces: readonly string[]) => {
    const root = {
      ...openProcRoot('/'),
      lines: (_path: string, take: (piece: Buffer) => boolean) => {
        pieces.every((piece) => take(Buffer.from(piece)));
        return { kind: 'read' as const };
      },
    };
    const read = readNetTcp(root, 'net', 'ipv4');
    return 'rows' in read ? read.rows.map(({ inode }) => inode) : assert.fail();
  };
  const other = LISTEN.replace('4242', '4243');
  assert.deepEqual(scanned(begin, table(other)), ['4242', '4243'], 'still one to go');
  assert.deepEqual(scanned(begin, table('malformed', 'rows'), table(other)), ['4242', '4243'], 'no row of others');
  assert.deepEqual(scanned(begin, table(established), table(other)), ['4242']);
});

test('any bytes are parsed without an exception, and every line is a row, skipped, or neither', () => {
  const families: readonly Family[] = ['ipv4', 'ipv6'];
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(LISTEN, ' sl', '').map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      fc.array(line),
      fc.constantFrom(...families),
      fc.constantFrom(parseNetTcp, parseNetUdp),
      (lines, family, parse) => {
        const bytes = Buffer.concat(lines.flatMap((text) => [text, Buffer.from('\n')]));
        const { rows, skippedRows } = parse(bytes, family);
        assert.ok(rows.length + skippedRows <= bytes.toString('latin1').split('\n').length);
      },
    ),
  );
});
