import { setTimeout as sleep } from 'node:timers/promises';
import { type Place, type Snapshot } from '../contract.ts';
import { placeText } from '../findings/words.ts';
import { followEvents, newestSequence } from '../local/agent-events.ts';
import { type OnHappening } from './own-watch.ts';

/** A running agent that can be trusted, and the look that vouched for it. */
export interface FoundAgent {
  readonly place: Place;
  /** When it started: its numbers are its own. */
  readonly startedAt: string;
  readonly own: Snapshot;
}

export interface FollowOptions {
  /** Looks for the agent anew, as anybody may listen there by now. */
  readonly find: () => Promise<FoundAgent | 'silent' | null>;
  readonly onHappening: OnHappening;
  /** A sentence for people. */
  readonly tell: (sentence: string) => void;
  readonly ending: AbortSignal;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Where a follower is in an agent's numbers. */
interface Position {
  readonly startedAt: string;
  readonly sequence: number;
}

/**
 * Tells what happens from now on as the agent sees it, whatever becomes of the connection. Ends when told to; false at once
 * where the agent has no events to tell.
 */
export async function followAgent(agent: FoundAgent, options: FollowOptions): Promise<boolean> {
  const newest = await newestSequence(agent.place);
  if (newest === null) return false;
  const isOver = () => options.ending.aborted;
  let position: Position = { startedAt: agent.startedAt, sequence: newest };
  let found: FoundAgent | null = agent;
  for (let failures = 0; ; failures += 1) {
    const after: Position | null = found && (await followOnce(found, position, options));
    if (isOver()) return true;
    if (after !== null) [position, failures] = [after, 0];
    if (failures === 0) options.tell('the agent is gone or says nothing; tries to reach it again');
    await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures), options.ending);
    if (isOver()) return true;
    const again = await options.find();
    found = again === 'silent' ? null : again;
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, null, { signal }).catch(() => null);

/** Where it is when the stream has ended; null when there was none. */
async function followOnce(agent: FoundAgent, before: Position, options: FollowOptions): Promise<Position | null> {
  const { tell, onHappening, ending } = options;
  const { place, startedAt, own } = agent;
  const isSame = startedAt === before.startedAt;
  let sequence = isSame ? before.sequence : 0;
  const hasBegun = await followEvents({
    place,
    since: sequence,
    ending,
    onOpen: () => {
      const where = `follows the agent at ${placeText(place)}`;
      tell(isSame ? where : `${where}, which was started anew: what happened between its starts was not seen`);
    },
    onHappening: (happening) => {
      const lost = happening.sequence - sequence - 1;
      if (lost > 0) tell(`${lost} events are lost: the agent no longer keeps them`);
      sequence = happening.sequence;
      onHappening(happening, own);
    },
  });
  return hasBegun ? { startedAt, sequence } : null;
}
