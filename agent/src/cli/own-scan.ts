import { hostname } from 'node:os';
import { type Snapshot } from '../contract.ts';
import { hostAddresses } from '../host.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { createFullScanner } from '../scan/full-scanner.ts';
import { composeSnapshot } from '../scan/snapshot.ts';
import { VERSION } from '../version.ts';

export interface OwnScanOptions {
  readonly procRoot: string;
  readonly noCommandLines: boolean;
}

/** Looks at the machine by itself, without an agent; its findings are still to be made. */
export function createOwnScan({ procRoot, noCommandLines }: OwnScanOptions): () => Snapshot {
  const startedAt = new Date().toISOString();
  const scanner = createFullScanner({
    root: openProcRoot(procRoot),
    etc: openProcRoot('/etc'),
    commandLines: !noCommandLines,
  });
  let scans = 0;
  return () => {
    const scan = scanner.scan(new Date());
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
