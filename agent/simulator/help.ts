import { durationText } from './duration.ts';
import { FAST, type Scenario } from './scenario.ts';
import { controls, incidents } from './scenarios.ts';

export function helpText(): string {
  return `Starts real servers on 127.0.0.1 that behave like the incidents Portlight is for, and says with times what it did.

  npm run simulate -- SCENARIO [options]
  npm run simulate -- all [--only SCENARIO,…] [--within TIME] [--json]

Incidents
${scenariosHelp(incidents)}

Controls: they look like it, and nothing is wrong
${scenariosHelp(controls)}

All
  all                Plays every scenario beside a real agent, compares what it finds with what was made, and ends with a table.
                     Takes about a minute, on ports that are free. Exit code 1 when a finding is missing, late, early, wrong or too
                     much. What takes longer than anybody watches has an agent of its own whose clock runs ×${FAST}; times of the
                     table are on the agent's clock.

Options
  --base-port PORT   first port it uses (3000)
  --every TIME       its step, as in 500ms, 4s or 2m
  --for TIME         how long it lasts
  --json             one JSON object a line: at, elapsedMs, event, server, pid, port, note
  --only A,B         of all, these scenarios
  --within TIME      how soon all expects a finding to come once its rule has waited, and to go after the repair (3s)
  --help             this text

It ends by itself and takes all its servers with it, also when it is interrupted, killed, or its parent ends.
Exit codes: 0 played to the end, 1 could not play, 2 bad arguments, 129 SIGHUP, 130 SIGINT, 143 SIGTERM.
`;
}

function scenariosHelp(scenarios: ReadonlyMap<string, Scenario>): string {
  return [...scenarios].map(([name, scenario]) => scenarioHelp(name, scenario)).join('\n');
}

const BASE_PORT = 3000;

function scenarioHelp(name: string, { does, step, everyMs, lastsMs, reach, declares, isFast }: Scenario): string {
  const remarks = [
    `Ports ${portsText(reach)}; --every: ${step} (${durationText(everyMs)}); --for ${durationText(lastsMs)}.`,
    ...(declares?.(BASE_PORT).map((service) => `The agent is told --expect '${service}'.`) ?? []),
    ...(isFast === true ? [`In all, a minute is ${60 / FAST} s.`] : []),
  ];
  return `  ${name.padEnd(18)} ${does}\n${remarks.map((remark) => `${' '.repeat(21)}${remark}`).join('\n')}`;
}

/** "+0", "+0 and +80", "+0 to +19", "10 from +0 to +99". */
function portsText(reach: readonly number[]): string {
  const [first = 0, last = first] = [reach[0], reach.at(-1)];
  const isRun = reach.length > 2 && last - first === reach.length - 1;
  if (!isRun && reach.length > 3) return `${reach.length} from +${first} to +${last}`;
  return isRun ? `+${first} to +${last}` : reach.map((offset) => `+${offset}`).join(' and ');
}
