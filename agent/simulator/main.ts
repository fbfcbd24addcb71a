import { Connections } from './connections.ts';
import { durationText } from './duration.ts';
import { watchForEnd } from './endings.ts';
import { portsNotFree } from './free-ports.ts';
import { helpText } from './help.ts';
import { journal } from './journal.ts';
import { type Options, parseOptions } from './options.ts';
import { rehearse } from './all/rehearse.ts';
import { stage } from './scenario.ts';
import { Servers } from './servers.ts';
import { Workshop } from './workshop.ts';

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(helpText());
      return 0;
    case 'faults':
      complain(...parsed.faults, 'See npm run simulate -- --help');
      return 2;
    case 'run':
      return run(parsed.options);
    case 'all':
      return rehearse(parsed.options);
  }
}

async function run(options: Options): Promise<number> {
  const ports = options.scenario.reach.map((offset) => options.basePort + offset);
  const taken = await portsNotFree(ports);
  if (taken.length === 0) return perform(options);
  complain(
    `${options.name} needs ports ${taken.join(', ')} on 127.0.0.1, which cannot be opened: somebody holds them.`,
    `See who: ss -Htanp 'sport = :${taken[0] ?? ''}'. Or choose other ports with --base-port.`,
  );
  return 1;
}

async function perform({ name, scenario, basePort, everyMs, lastsMs, json }: Options): Promise<number> {
  const note = journal(json, (line) => process.stdout.write(line));
  const workshop = Workshop.inPlace();
  const servers = new Servers(note, workshop.programs);
  const connections = new Connections(note);
  process.on('exit', () => {
    servers.killAll();
  });
  const watch = watchForEnd(lastsMs, process.stdout);
  note({ event: 'begun', note: `${name} for ${durationText(lastsMs)}, a step every ${durationText(everyMs)}` });
  try {
    const play = scenario.play(stage({ servers, connections, workshop, note }, watch.signal), { basePort, everyMs });
    await Promise.race([watch.ended, play]);
    const { cause, exitCode } = await watch.ended;
    note({ event: 'ending', note: cause });
    return exitCode;
  } finally {
    connections.closeAll();
    await servers.endAll();
    workshop.remove();
    watch.stop();
    note({ event: 'ended' });
  }
}

function complain(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `simulate: ${line}\n`).join(''));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
