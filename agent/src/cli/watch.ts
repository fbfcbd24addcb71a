import { setTimeout as sleep } from 'node:timers/promises';
import { agentAddress, readWatchConfig, WATCH_OPTIONS, type WatchConfig } from '../config.ts';
import { happeningLine, hostNamespaceOf } from '../events/happening-line.ts';
import { placeText } from '../findings/words.ts';
import { ANSWER_WITHIN_MS } from '../local/agent-events.ts';
import { isAgentThere, placeOf, runningAgent } from '../local/running-agent.ts';
import { optionsHelp } from '../options.ts';
import { VERSION } from '../version.ts';
import { followAgent, type FoundAgent } from './follow.ts';
import { createOwnScan } from './own-scan.ts';
import { watchAlone, type OnHappening } from './own-watch.ts';
import { styleOf } from './style.ts';
import { EXIT, faultsShown, type Terminal } from './terminal.ts';

const HELP = `portlight watch: prints what opens, closes and is found on this machine as it happens

Usage: portlight watch [--json]

${optionsHelp(WATCH_OPTIONS)}

A line, or with --json an object, for each event: opened, closed, holders-changed, program-changed, queue-stuck,
queue-moving, gap (nobody looked for a while), finding-opened, finding-closed.

If an agent of root, portlight or the caller listens at 127.0.0.1:9620 (PORTLIGHT_AGENT_LISTEN), it is followed, also
across its restarts. Else, and where --expect or --proc-root ask for more than it knows, it looks for itself, at the pace of
--scan-every. Standard error says which. Ends with 0 at SIGINT and SIGTERM.
`;

/** Aborted at SIGINT and SIGTERM. */
function endingBySignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  return ending.signal;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function printer(terminal: Terminal, { json }: WatchConfig): OnHappening {
  if (json) return (happening) => terminal.out(`${JSON.stringify(happening)}\n`);
  const style = styleOf(terminal);
  return (happening, seen) => terminal.out(`${happeningLine(happening, hostNamespaceOf(seen), style)}\n`);
}

/** `silent`: somebody who can be trusted listens there, but does not answer in time or not with what is now. */
type Find = () => Promise<FoundAgent | 'silent' | null>;

/** Looks whether an agent runs that can be trusted and knows all that is asked; null when there is none. */
function agentFinder(config: WatchConfig, env: Terminal['env']): Find {
  const address = agentAddress(env);
  const place = address && placeOf(address);
  if (place === null || config.expect.length > 0 || config.procRoot !== '/proc') return () => Promise.resolve(null);
  const scan = createOwnScan(config);
  const trust = { address, ownUid: process.geteuid?.() ?? null, now: () => new Date(), withinMs: ANSWER_WITHIN_MS };
  return async () => {
    const own = scan();
    const agent = await runningAgent(own, trust);
    if (agent !== null) return { place, startedAt: agent.agent.startedAt, own };
    return isAgentThere(own, trust) ? 'silent' : null;
  };
}

const TRIES = 5;
const TRY_EVERY_MS = 1_000;

/** An agent on a busy machine may need some time; to look as well would make the machine busier. */
async function findPatiently(find: Find, ending: AbortSignal): Promise<FoundAgent | null> {
  for (let tries = 1; tries <= TRIES && !ending.aborted; tries += 1) {
    const found = await find();
    if (found !== 'silent') return found;
    await sleep(TRY_EVERY_MS, null, { signal: ending }).catch(() => null);
  }
  return null;
}

async function watch(config: WatchConfig, terminal: Terminal): Promise<void> {
  const ending = endingBySignal();
  const onHappening = printer(terminal, config);
  const tell = (sentence: string) => terminal.err(`portlight watch: ${sentence}\n`);
  const find = agentFinder(config, terminal.env);
  const agent = await findPatiently(find, ending);
  if (agent !== null && (await followAgent(agent, { find, onHappening, tell, ending }))) return;
  if (ending.aborted) return;
  const stop = watchAlone(config, onHappening);
  tell(`looks for itself each ${config.scanEvery / 1000} s${whyAlone(config, terminal.env)}`);
  await untilAborted(ending);
  stop();
}

function whyAlone({ expect, procRoot }: WatchConfig, env: Terminal['env']): string {
  if (expect.length > 0) return ', as --expect is given';
  if (procRoot !== '/proc') return ', as --proc-root is given';
  const address = agentAddress(env);
  const place = address && placeOf(address);
  return place === null ? '' : `: no agent that it can trust answers at ${placeText(place)}`;
}

export async function watchCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const invocation = readWatchConfig(args, terminal.env);
  if (invocation.kind === 'help') return (terminal.out(HELP), EXIT.ok);
  if (invocation.kind === 'version') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  if (invocation.kind === 'faults') return faultsShown(terminal, 'portlight watch', invocation.faults);
  await watch(invocation.values, terminal);
  return EXIT.ok;
}
