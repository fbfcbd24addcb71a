/** The events of an agent that runs on this machine, read from its `/events`. */
import { get, type IncomingMessage } from 'node:http';
import { type Happening, type Place } from '../contract.ts';
import { isRecord } from '../json-shape.ts';
import { askAgent, isFinding } from './running-agent.ts';

/** Who watches has time: a busy agent is better than none. */
export const ANSWER_WITHIN_MS = 3_000;
/** Three heartbeats. */
const SILENT_MS = 45_000;
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** The number of the newest happening; null when the agent does not tell. */
export async function newestSequence(place: Place): Promise<number | null> {
  const answer = parsed((await askAgent(place, '/events?limit=0', ANSWER_WITHIN_MS)) ?? 'null');
  return isRecord(answer) && isSequence(answer.lastSequence) ? answer.lastSequence : null;
}

export interface Following {
  readonly place: Place;
  /** Tells what happened after this number. */
  readonly since: number;
  readonly onOpen: () => void;
  readonly onHappening: (happening: Happening) => void;
  readonly ending: AbortSignal;
}

/** Ends when the agent ends it, says nothing for too long or cannot be reached, and when told to; whether it began. */
export function followEvents({ place, since, onOpen, onHappening, ending }: Following): Promise<boolean> {
  const { address: host, port } = place;
  return new Promise((resolve) => {
    const path = `/events?since=${since}`;
    const headers = { accept: 'text/event-stream' };
    const request = get({ host, port, path, agent: false, headers, signal: ending });
    request.setTimeout(SILENT_MS, () => request.destroy());
    let hasBegun = false;
    request.on('error', () => resolve(hasBegun));
    request.once('close', () => resolve(hasBegun));
    request.once('response', (response) => {
      response.on('error', () => resolve(hasBegun));
      if (response.statusCode !== 200) return void request.destroy();
      hasBegun = true;
      onOpen();
      readFrames(response, onHappening);
    });
  });
}

function readFrames(response: IncomingMessage, onHappening: Following['onHappening']): void {
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const frames = `${rest}${text}`.split('\n\n');
    rest = frames.pop() ?? '';
    for (const happening of frames.flatMap(happeningIn)) onHappening(happening);
    if (rest.length > MOST_CHARACTERS) response.destroy();
  });
}

/** What one frame tells; comments and other fields tell nothing. */
function happeningIn(frame: string): Happening[] {
  const data = frame.split('\n').find((line) => line.startsWith('data: '));
  const value = data === undefined ? null : parsed(data.slice('data: '.length));
  return isHappening(value) ? [value] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const isSequence = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** As far as a line shows it: another version of the agent may run, and have other kinds. */
function isHappening(value: unknown): value is Happening {
  if (!isRecord(value) || !isSequence(value.sequence) || typeof value.at !== 'string') return false;
  if (typeof value.kind !== 'string' || !/^[a-z-]{1,40}$/.test(value.kind)) return false;
  return 'finding' in value ? isFinding(value.finding) : isEvent(value);
}

const TEXTS = ['protocol', 'address', 'networkNamespace'];

function isEvent(value: Readonly<Record<string, unknown>>): boolean {
  const { port, holders, detail } = value;
  if (typeof port !== 'number' || !Array.isArray(holders) || !(detail === null || typeof detail === 'string')) {
    return false;
  }
  return TEXTS.every((name) => typeof value[name] === 'string') && holders.every(isShownHolder);
}

function isShownHolder(value: unknown): boolean {
  return isRecord(value) && typeof value.pid === 'number' && typeof value.program === 'string';
}
