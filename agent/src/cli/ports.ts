import { agentAddress, PORTS_OPTIONS, readPortsConfig, type PortsConfig } from '../config.ts';
import { type Listener, type Snapshot } from '../contract.ts';
import { isAbout } from '../local/listener-filter.ts';
import { portsText } from '../local/ports-text.ts';
import { runningAgent } from '../local/running-agent.ts';
import { optionsHelp } from '../options.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { portUsers } from '../scan/port-rows.ts';
import { VERSION } from '../version.ts';
import { createOwnScan } from './own-scan.ts';
import { styleOf } from './style.ts';
import { EXIT, faultsShown, type Terminal } from './terminal.ts';
import { withFindings } from './with-findings.ts';

const HELP = `portlight ports: who holds which port on this machine, now, and what is wrong with it

Usage: portlight ports [--json] [--port 3000] [--proto tcp]

${optionsHelp(PORTS_OPTIONS)}

Findings stand below the table, with evidence and what to type; --json has them in the snapshot. It looks for itself; if an
agent of root, portlight or the caller listens at 127.0.0.1:9620 (PORTLIGHT_AGENT_LISTEN), its findings are shown, as it
knows what was before. One look alone does not see every trouble.

Exit code: 0 every holder is known; 1 some stayed unknown because they may not be seen or vanished (run it as root);
2 bad arguments. Findings do not change it: portlight check does.
`;

const isUnexplained = ({ holdersUnknown }: Listener) => holdersUnknown === 'denied' || holdersUnknown === 'vanished';

async function look(config: PortsConfig, env: Terminal['env']): Promise<Snapshot> {
  const own = createOwnScan(config)();
  const trust = { address: agentAddress(env), ownUid: process.geteuid?.() ?? null, now: () => new Date() };
  const usersOf = portUsers(openProcRoot(config.procRoot));
  return withFindings(own, await runningAgent(own, trust), { expectations: [], usersOf });
}

function narrowed(snapshot: Snapshot, { port, proto }: PortsConfig): Snapshot {
  if (port === null && proto === null) return snapshot;
  const listeners = snapshot.listeners.filter(
    (listener) => (port === null || port === listener.port) && (proto === null || proto === listener.protocol),
  );
  const about = port === null ? null : String(port);
  return { ...snapshot, listeners, findings: snapshot.findings.filter((one) => isAbout(one, listeners, about)) };
}

export async function portsCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const invocation = readPortsConfig(args, terminal.env);
  if (invocation.kind === 'help') return (terminal.out(HELP), EXIT.ok);
  if (invocation.kind === 'version') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  if (invocation.kind === 'faults') return faultsShown(terminal, 'portlight ports', invocation.faults);
  const { values: config } = invocation;
  const shown = narrowed(await look(config, terminal.env), config);
  if (config.json) terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
  else terminal.out(portsText(shown, styleOf(terminal), new Date()));
  return shown.listeners.some(isUnexplained) ? EXIT.incomplete : EXIT.ok;
}
