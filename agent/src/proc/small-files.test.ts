import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusBytes } from '../../test/corpus.ts';
import { parseHidepid } from './mountinfo.ts';
import { parseNetstat } from './net-netstat.ts';
import { parseSockstat } from './net-sockstat.ts';
import { parseOsRelease } from './os-release.ts';
import { parsePasswd } from './passwd.ts';
import { parsePidCmdline } from './pid-cmdline.ts';
import { parsePidExe } from './pid-exe.ts';
import { parseSocketLink } from './pid-fd.ts';
import { parseOpenFilesLimit } from './pid-limits.ts';
import { parseNamespace } from './pid-ns.ts';
import { parseEffectiveUid } from './pid-status.ts';
import { parseBootTime, parseForks } from './stat.ts';
import { parseFileNr, parseTaskCount } from './sys-limits.ts';
import { parsePortRange, parseReservedPorts } from './sys-net.ts';
import { parseUptime } from './uptime.ts';

const MOUNT = (mountPoint: string, options: string) =>
  `23 28 0:22 / ${mountPoint} rw,relatime shared:13 - proc proc ${options}`;
const LIMITS = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                 524288               files     \n`;
const sockstat = corpusBytes('procfs-sockstat/sockstat').toString();
const sockstat6 = corpusBytes('procfs-sockstat6/sockstat6').toString();
const netstat = parseNetstat(corpusBytes('procfs-netstat/netstat').toString(), 'TcpExt');
const isNamed = () => true;
const isGone = () => false;

const CASES: readonly (readonly [string, unknown, unknown])[] = [
  ['sockstat tells TCP sockets in use', parseSockstat(sockstat, 'TCP', 'inuse'), 35],
  ['sockstat tells sockets in TIME_WAIT', parseSockstat(sockstat, 'TCP', 'tw'), 4],
  ['sockstat6 tells TCP sockets in use', parseSockstat(sockstat6, 'TCP6', 'inuse'), 17],
  ['a word that sockstat lacks is unknown', parseSockstat(sockstat, 'TCP', 'TCP'), null],
  ['an empty sockstat tells nothing', parseSockstat('', 'TCP', 'inuse'), null],
  ['netstat finds ListenOverflows by name', netstat.get('ListenOverflows'), 0],
  ['netstat finds ListenDrops by name', netstat.get('ListenDrops'), 0],
  ['netstat finds what comes later by name', netstat.get('TCPFastOpenListenOverflow'), 0],
  ['netstat has no columns of other groups', netstat.has('InOctets'), false],
  [
    'names and values of another order are still pairs',
    [...parseNetstat('TcpExt: B A\nTcpExt: 7 x\n', 'TcpExt')],
    [['B', 7]],
  ],
  ['an empty netstat has no counters', parseNetstat('', 'TcpExt').size, 0],
  ['a command line is cut at its zeros', parsePidCmdline(Buffer.from('node\0a b\0\0c\0')), ['node', 'a b', '', 'c']],
  [
    'a rewritten title leaves its zeros behind',
    parsePidCmdline(Buffer.from(`puma 6 [shop]${'\0'.repeat(900)}`)),
    ['puma 6 [shop]'],
  ],
  ['zombies and kernel threads have no arguments', parsePidCmdline(Buffer.from('')), []],
  [
    'invalid UTF-8 in an argument is replaced',
    parsePidCmdline(Buffer.from([0x61, 0xff, 0, 0x62, 0])),
    ['a\uFFFD', 'b'],
  ],
  [
    'half an argument at the end of what was read is dropped',
    parsePidCmdline(Buffer.from('a\0b\0--token=hal'), false),
    ['a', 'b'],
  ],
  ['an executable has its path', parsePidExe('/usr/bin/node', isGone), { path: '/usr/bin/node', isDeleted: false }],
  [
    'a replaced executable is deleted',
    parsePidExe('/usr/bin/node (deleted)', isGone),
    { path: '/usr/bin/node', isDeleted: true },
  ],
  ['a file may be named so', parsePidExe('/srv/x (deleted)', isNamed), { path: '/srv/x (deleted)', isDeleted: false }],
  [
    'a file named so may be deleted',
    parsePidExe('/srv/x (deleted) (deleted)', isGone),
    { path: '/srv/x (deleted)', isDeleted: true },
  ],
  ['a socket has its inode', parseSocketLink('socket:[1071]'), '1071'],
  ['a pipe is no socket', parseSocketLink('pipe:[1071]'), null],
  ['a file named like a socket is none', parseSocketLink('/tmp/socket:[1071]'), null],
  ['a limit of open files', parseOpenFilesLimit(LIMITS('1024')), { kind: 'limit', value: 1024 }],
  ['no limit of open files', parseOpenFilesLimit(LIMITS('unlimited')), { kind: 'unlimited' }],
  ['a file without that line', parseOpenFilesLimit('Max stack size 1 2 bytes\n'), null],
  ['a namespace has its inode', parseNamespace('net:[4026531833]'), '4026531833'],
  ['anything else is no namespace', parseNamespace('net:4026531833'), null],
  ['the effective uid is the second one', parseEffectiveUid('Name:\tx\nUid:\t1000\t33\t0\t0\nGid:\t0\t0\t0\t0\n'), 33],
  ['a name that looks like a line does not make one', parseEffectiveUid('Name:\tUid:\\t0\nUid:\t5\t6\t7\t8\n'), 6],
  ['a status without uids', parseEffectiveUid('Name:\tx\n'), null],
  ['the boot time', parseBootTime('cpu 1 2\nbtime 1763914000\nprocesses 5\n'), 1763914000],
  ['a stat without boot time', parseBootTime('cpu 1 2\n'), null],
  ['processes since boot', parseForks('btime 1763914000\nprocesses 160075\n'), 160075],
  ['a stat without them', parseForks('cpu 1 2\n'), null],
  ['the uptime', parseUptime('102035.24 399510.80\n'), 102_035_240],
  ['a malformed uptime', parseUptime('102035\n'), null],
  ['file handles', parseFileNr('1024\t0\t9223372036854\n'), { used: 1024, max: 9223372036854 }],
  ['file handles beyond any number are unknown', parseFileNr('1024\t0\t9223372036854775807\n'), null],
  ['tasks', parseTaskCount('0.10 0.20 0.30 2/345 6789\n'), 345],
  ['a malformed loadavg', parseTaskCount('0.10\n'), null],
  ['the ephemeral ports', parsePortRange('32768\t60999\n'), [32768, 60999]],
  ['half a range', parsePortRange('32768\n'), null],
  ['reserved ports and ranges', parseReservedPorts('8080,9000-9100\n'), ['8080', '9000-9100']],
  ['no reserved ports', parseReservedPorts('\n'), []],
  ['hidepid by number', parseHidepid(MOUNT('/proc', 'rw,hidepid=2'), '/proc'), true],
  ['hidepid by name', parseHidepid(MOUNT('/proc', 'rw,gid=5,hidepid=invisible'), '/proc'), true],
  ['hidepid switched off', parseHidepid(MOUNT('/proc', 'rw,hidepid=0'), '/proc'), false],
  ['hidepid off by name', parseHidepid(MOUNT('/proc', 'rw,hidepid=off'), '/proc'), false],
  ['hidepid of another mount', parseHidepid(MOUNT('/chroot/proc', 'rw,hidepid=2'), '/proc'), false],
  [
    'the last mount covers those below',
    parseHidepid(`${MOUNT('/proc', 'rw,hidepid=2')}\n${MOUNT('/proc', 'rw')}`, '/proc'),
    false,
  ],
  ['a mount point with a blank', parseHidepid(MOUNT('/my\\040proc', 'rw,hidepid=1'), '/my proc'), true],
  [
    'users by uid, the first where two share one',
    [...parsePasswd('root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nbroken\nweb:x:33:33::/:\n+::::::\n')],
    [
      [0, 'root'],
      [33, 'web'],
    ],
  ],
  ['a quoted name of a system', parseOsRelease('NAME=x\nPRETTY_NAME="Ubuntu 20.04.6 LTS"\n'), 'Ubuntu 20.04.6 LTS'],
  ['a bare name of a system', parseOsRelease('PRETTY_NAME=Linux\n'), 'Linux'],
  ['an escaped name of a system', parseOsRelease('PRETTY_NAME="A \\"B\\""\n'), 'A "B"'],
  ['no name of a system', parseOsRelease('ID=x\n'), null],
];
for (const [name, parsed, expected] of CASES) test(name, () => assert.deepEqual(parsed, expected));
