import { hostname } from 'node:os';
import { type Snapshot } from '../contract.ts';
import { hostAddresses } from '../host.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { createFullScanner } from '../scan/full-scanner.ts';
import { type Scan, type Scanner } from '../scan/scanner.ts';
import { composeSnapshot } from '../scan/snapshot.ts';
import { VERSION } from '../version.ts';

export interface OwnScanOptions {
  readonly procRoot: string;
  readonly noCommandLines: boolean;
}

/** Looks at the machine by itself, without an agent; its findings are still to be made. */
export function createOwnScan({ procRoot, noCommandLines }: OwnScanOptions): () => Snapshot {
  const compose = createOwnCompose();
  const scanner = createOwnScanner({ procRoot, noCommandLines });
  return () => compose(scanner.scan(new Date()));
}

export function createOwnScanner({ procRoot, noCommandLines }: OwnScanOptions): Scanner {
  return createFullScanner({
    root: openProcRoot(procRoot),
    etc: openProcRoot('/etc'),
    commandLines: !noCommandLines,
  });
}

/** Snapshots of a command that is no agent: without the identity of one, and without findings. */
export function createOwnCompose(): (scan: Scan) => Snapshot {
  const startedAt = new Date().toISOString();
  let scans = 0;
  return (scan) => {
    const { user, system } = process.cpuUsage();
    const cost = { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss(), scans: ++scans };
    const host = {
      id: '00000000-0000-0000-0000-000000000000',
      name: hostname(),
      architecture: process.arch,
      addresses: hostAddresses(),
      labels: {},
    };
    const agent = { version: VERSION, startedAt, endpoint: null, scanEveryMs: 0, cost };
    return composeSnapshot({ scan, host, agent, findings: [] });
  };
}
