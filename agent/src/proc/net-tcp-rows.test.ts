import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTcpRowsOnPort } from './net-tcp-rows.ts';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (sl: number, local: string, peer: string, st: string, inode: number) =>
  `   ${sl}: ${local} ${peer} ${st} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

const TABLE = Buffer.from(
  HEADER +
    row(0, '0100007F:0BB8', '00000000:0000', '0A', 5000) +
    row(1, '0100007F:0BB8', '0100007F:D431', '01', 0) +
    row(2, '0A00020A:0BB8', '08080808:01BB', '01', 5001) +
    row(3, '0100007F:D431', '0100007F:0BB8', '01', 5002) +
    `   4: 0100007F:0BB8 0100007F:D432 06 00000000:00000000 03:00000A2C 00000000     0        0 0 3 0000000000000000\n` +
    '   5: 0100007F:0BB8 gibberish\n',
);

test('tells the sockets that use a local port and do not listen on it', () => {
  assert.deepEqual(
    parseTcpRowsOnPort(TABLE, 'ipv4', 3000).map(({ state, peerAddress, peerPort, inode }) => [
      state,
      `${peerAddress}:${peerPort}`,
      inode,
    ]),
    [
      ['ESTAB', '127.0.0.1:54321', '0'],
      ['ESTAB', '8.8.8.8:443', '5001'],
      ['TIME-WAIT', '127.0.0.1:54322', '0'],
    ],
  );
  assert.deepEqual(parseTcpRowsOnPort(TABLE, 'ipv4', 3001), []);
  assert.deepEqual(parseTcpRowsOnPort(TABLE, 'ipv6', 3000), []);
});
