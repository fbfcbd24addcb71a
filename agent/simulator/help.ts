import { durationText } from './duration.ts';
import { scenarios } from './options.ts';
import type { Scenario } from './scenario.ts';

export function helpText(): string {
  return `Starts real servers on 127.0.0.1 that behave like the incidents Portlight is for, and says with times what it did.

  npm run simulate -- SCENARIO [options]

Scenarios
${[...scenarios].map(([name, scenario]) => scenarioHelp(name, scenario)).join('\n')}

Options
  --base-port PORT   first port it uses (3000)
  --every TIME       its step, as in 500ms, 4s or 2m
  --for TIME         how long it lasts
  --json             one JSON object a line: at, elapsedMs, event, server, pid, port, note
  --help             this text

It ends by itself and takes all its servers with it, also when it is interrupted, killed, or its parent ends.
Exit codes: 0 played to the end, 1 could not play, 2 bad arguments, 129 SIGHUP, 130 SIGINT, 143 SIGTERM.
`;
}

function scenarioHelp(name: string, { does, step, everyMs, lastsMs, reach }: Scenario): string {
  const ports = reach.length > 2 ? `+0 to +${Math.max(...reach)}` : reach.map((offset) => `+${offset}`).join(' and ');
  return `  ${name.padEnd(8)} ${does}
           Ports ${ports}; --every: ${step} (${durationText(everyMs)}); --for ${durationText(lastsMs)}.`;
}
