import { Agent } from '../agent.ts';
import { AGENT_OPTIONS, readAgentConfig, type AgentConfig } from '../config.ts';
import { ListenError } from '../local/listen.ts';
import { createLog, type Log } from '../log.ts';
import { optionsHelp } from '../options.ts';
import { VERSION } from '../version.ts';
import { StartError } from '../start-error.ts';
import { EXIT, faultsShown, type Terminal } from './terminal.ts';

const HELP = `portlight agent: watches this machine's ports and serves what it sees on the machine itself

Usage: portlight agent [--server URL] [options]

${optionsHelp(AGENT_OPTIONS)}

It reads /proc and never changes anything. To see every holder it needs root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH;
with less it still lists every port and says which holders it may not see.
`;

/** SIGTERM, SIGINT, or the end of the process that started it with a channel to it (as npm start does). */
const untilToldToStop = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    process.once('disconnect', () => resolve());
  });

async function runUntilStopped(config: AgentConfig, log: Log, terminal: Terminal): Promise<number> {
  const told = untilToldToStop();
  const agent = new Agent(config, log);
  terminal.out(`portlight agent listening on ${await agent.start()}\n`);
  await told;
  await agent.stop();
  // An open channel would keep this process waiting for the one that waits for its end.
  if (process.connected) process.disconnect();
  return EXIT.ok;
}

export async function agentCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const invocation = readAgentConfig(args, terminal.env);
  if (invocation.kind === 'help') return (terminal.out(HELP), EXIT.ok);
  if (invocation.kind === 'version') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  if (invocation.kind === 'faults') return faultsShown(terminal, 'portlight agent', invocation.faults);
  const { logLevel: level, logFormat: format } = invocation.values;
  const toJournal = terminal.env.JOURNAL_STREAM !== undefined;
  const log = createLog({ level, format, toJournal, write: terminal.err, now: () => new Date() });
  try {
    return await runUntilStopped(invocation.values, log, terminal);
  } catch (error) {
    if (error instanceof StartError) return faultsShown(terminal, 'portlight agent', [error.message]);
    if (!(error instanceof ListenError)) throw error;
    faultsShown(terminal, 'portlight agent', [error.message]);
    return EXIT.failed;
  }
}
