import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { type Scan } from '../src/scan/scanner.ts';
import { alteredRoot, type Alterations } from './altered-root.ts';

export const FIXTURES = fileURLToPath(new URL('../fixtures/machine/', import.meta.url));
export const MACHINE = openProcRoot(`${FIXTURES}proc`);
export const ETC = openProcRoot(`${FIXTURES}etc`);
export const START = Date.parse('2026-11-23T15:00:00.000Z');

/** Scans a machine again and again, seconds after its first scan, each time with other alterations. */
export function scannerOf(commandLines = true): (seconds: number, alterations?: Alterations) => Scan {
  let current: Alterations = {};
  const scanner = createFullScanner({ root: alteredRoot(MACHINE, () => current), etc: ETC, commandLines });
  return (seconds, alterations = {}) => {
    current = alterations;
    return scanner.scan(new Date(START + seconds * 1000));
  };
}

export const scanOnce = (alterations?: Alterations) => scannerOf()(0, alterations);
export const at = ({ listeners }: Scan, address: string, port: number): Listener =>
  listeners.find((one) => one.address === address && one.port === port && one.isHostNamespace) ??
  assert.fail(`nothing at ${address}:${port}`);
export const pidsOf = ({ holders }: Listener) => holders.map(({ pid }) => pid);
export const tableWithout = (inode: string) => {
  const read = MACHINE.bytes('1/net/tcp');
  return read.kind === 'bytes'
    ? read.bytes
        .toString()
        .split('\n')
        .filter((row) => !row.includes(` ${inode} `))
        .join('\n')
    : assert.fail();
};
