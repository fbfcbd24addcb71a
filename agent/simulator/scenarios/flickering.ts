import { about, type Expectation, type Scenario, span, type Stage } from '../scenario.ts';
import { CYCLING_FROM, STEADY } from './crash-loop.ts';

const STEP = 'how long the port stays open, and then closed';
const EVERY_MS = 1_000;
const NAME = 'flicker 1';
const GROWN = 10;

/** One process, and its port again and again. */
export const flickering: Scenario = {
  does: 'One process opens its port, closes it a second later, and opens it again, over and over.',
  lastsMs: 60_000,
  everyMs: EVERY_MS,
  step: STEP,
  reach: [0],
  expects: cycling('warning'),
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, everyMs),
  repair: ({ servers }) => {
    servers.signal(NAME, 'sigkill');
  },
  // For so many turns it might come back.
  calmAfterMs: STEADY * 2 * EVERY_MS,
};

export const growing: Scenario = {
  ...flickering,
  does: 'As flickering, and each time one more port stays open.',
  reach: span(GROWN),
  expects: cycling('critical'),
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, everyMs, '--grow', '--times', String(GROWN)),
};

function cycling(severity: 'warning' | 'critical'): readonly Expectation[] {
  return [about('cycling', NAME, { severity, from: { event: 'listening', server: NAME, which: CYCLING_FROM } })];
}

async function start({ servers }: Stage, port: number, everyMs: number, ...args: readonly string[]): Promise<void> {
  const every = ['--open-ms', String(everyMs), '--closed-ms', String(everyMs)];
  await servers.start({ name: NAME, script: 'flicker.ts', port, args: [...every, ...args] });
}
