import { hostname } from 'node:os';
import { PORTS_OPTIONS, readPortsConfig, type PortsConfig } from '../config.ts';
import type { Listener, Snapshot } from '../contract.ts';
import { hostAddresses } from '../host.ts';
import { PLAIN, portsText } from '../local/ports-text.ts';
import { optionsHelp } from '../options.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { createFullScanner } from '../scan/full-scanner.ts';
import { composeSnapshot } from '../scan/snapshot.ts';
import { VERSION } from '../version.ts';
import { EXIT, faultsShown, type Terminal } from './terminal.ts';

const HELP = `portlight ports: who holds which port on this machine, now

Usage: portlight ports [--json] [--port 3000] [--proto tcp]

${optionsHelp(PORTS_OPTIONS)}

Exit code: 0 every holder is known; 1 some stayed unknown because they may not be seen or vanished (run it as root);
2 bad arguments.
`;

function scanOnce({ procRoot, noCommandLines }: PortsConfig): Snapshot {
  const startedAt = new Date();
  const scanner = createFullScanner({
    root: openProcRoot(procRoot),
    etc: openProcRoot('/etc'),
    commandLines: !noCommandLines,
  });
  const scan = scanner.scan(startedAt);
  const { user, system } = process.cpuUsage();
  const cost = { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss(), scans: 1 };
  return composeSnapshot({
    scan,
    host: {
      id: '00000000-0000-0000-0000-000000000000',
      name: hostname(),
      architecture: process.arch,
      addresses: hostAddresses(),
      labels: {},
    },
    agent: { version: VERSION, startedAt: startedAt.toISOString(), endpoint: null, scanEveryMs: 0, cost },
    findings: [],
  });
}

const isUnexplained = ({ holdersUnknown }: Listener) => holdersUnknown === 'denied' || holdersUnknown === 'vanished';

export function portsCommand(args: readonly string[], terminal: Terminal): number {
  const invocation = readPortsConfig(args, terminal.env);
  if (invocation.kind === 'help') return (terminal.out(HELP), EXIT.ok);
  if (invocation.kind === 'version') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  if (invocation.kind === 'faults') return faultsShown(terminal, 'portlight ports', invocation.faults);
  const { values: config } = invocation;
  const snapshot = scanOnce(config);
  const isWanted = ({ port, protocol }: Listener) =>
    (config.port === null || port === config.port) && (config.proto === null || protocol === config.proto);
  const shown = { ...snapshot, listeners: snapshot.listeners.filter(isWanted) };
  const bold = terminal.hasColours ? (text: string) => `\u001b[1m${text}\u001b[22m` : PLAIN.bold;
  if (config.json) terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
  else terminal.out(portsText(shown, { columns: terminal.columns, bold }, new Date()));
  return shown.listeners.some(isUnexplained) ? EXIT.incomplete : EXIT.ok;
}
