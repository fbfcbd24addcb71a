import { helpText } from './config-help.ts';
import { packageVersion, readCommand } from './config.ts';
import { StartFault } from './refusal.ts';
import type { RunningServer } from './server.ts';

/** Anything still running then is cut: an init system would kill us anyway. */
const STOP_WITHIN_MS = 4_500;

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  switch (command.kind) {
    case 'help':
      process.stdout.write(`${helpText()}\n`);
      return;
    case 'version':
      process.stdout.write(`portlight-server ${packageVersion()}\n`);
      return;
    case 'faults':
      throw new StartFault(2, command.faults.join('\n'));
    case 'subcommand': {
      const { runSubcommand } = await import('./commands/run-subcommand.ts');
      process.exitCode = await runSubcommand(command.subcommand, command.config);
      return;
    }
    case 'run': {
      const { startServer } = await import('./server.ts');
      const starting = startServer(command.config);
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(starting));
      // What started it with a channel, as npm start does, is gone.
      process.once('disconnect', () => void stop(starting));
      const { url } = await starting;
      process.stdout.write(`portlight-server listening on ${url}\n`);
    }
  }
}

async function stop(starting: Promise<RunningServer>): Promise<void> {
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  const server = await starting;
  await server.stop();
  process.exit(0);
}

function fail(cause: unknown): void {
  if (!(cause instanceof StartFault)) throw cause;
  for (const line of cause.message.split('\n')) process.stderr.write(`portlight-server: ${line}\n`);
  // What was opened before the fault must not keep the process alive.
  process.exit(cause.exitCode);
}

main().catch(fail);
