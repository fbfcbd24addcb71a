import { agentCommand } from './cli/agent.ts';
import { checkCommand } from './cli/check.ts';
import { portsCommand } from './cli/ports.ts';
import { EXIT, processTerminal, type Terminal } from './cli/terminal.ts';
import { watchCommand } from './cli/watch.ts';
import { VERSION } from './version.ts';

const HELP = `portlight ${VERSION}: who holds which port on this machine, since when

Usage: portlight COMMAND [options]

  agent    watches this machine, serves http://127.0.0.1:9620/ports, pushes to an aggregator if one is given
  ports    looks once and prints a table, or JSON
  check    says whether services are where they belong, or ports are free: for deploys and monitoring
  watch    prints what opens, closes and is found as it happens, one line or JSON object each

portlight COMMAND --help tells a command's options. Each is also read from the environment: --scan-every from
PORTLIGHT_AGENT_SCAN_EVERY.
`;

type Command = (args: readonly string[], terminal: Terminal) => number | Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  agent: agentCommand,
  ports: portsCommand,
  check: checkCommand,
  watch: watchCommand,
};

function run([word, ...rest]: readonly string[], terminal: Terminal): number | Promise<number> {
  if (word === '--help' || word === '-h' || word === 'help') return (terminal.out(HELP), EXIT.ok);
  if (word === '--version' || word === '-V') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  const command = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command) return command(rest, terminal);
  terminal.err(
    word === undefined
      ? HELP
      : `portlight: unknown command ${JSON.stringify(word)}; there are agent, ports, check and watch\n`,
  );
  return EXIT.usage;
}

void Promise.resolve(run(process.argv.slice(2), processTerminal())).then((code) => {
  process.exitCode = code;
});
