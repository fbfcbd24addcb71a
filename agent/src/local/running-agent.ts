/** What an agent that runs on this machine knows from before, for commands that look for themselves. */
import { get } from 'node:http';
import { SCHEMA, SEVERITIES, type Finding, type Listener, type Place, type Snapshot } from '../contract.ts';
import { servingListeners } from '../check/serving.ts';
import { servants } from '../check/words.ts';
import { type ListenAddress } from '../config.ts';
import { isRecord } from '../json-shape.ts';

const ANSWER_WITHIN_MS = 500;
const MOST_BYTES = 64 * 1024 * 1024;
/** An answer is old news beyond three of the agent's scan periods, and in any case beyond this. */
const OLDEST_MS = 12_000;
const PERIODS = 3;

export interface TrustOptions {
  /** Where an agent would listen; null when that is not known. */
  readonly address: ListenAddress | null;
  /** Effective uid of this process; null where the system has none. */
  readonly ownUid: number | null;
  readonly now: () => Date;
  /** For its answer; half a second if not given. */
  readonly withinMs?: number;
}

/**
 * The snapshot of a running agent: null when there is none, when its socket belongs to anybody but root, portlight and
 * the caller, and when its answer is late, old, or of another boot.
 */
export async function runningAgent(own: Snapshot, trust: TrustOptions): Promise<Snapshot | null> {
  const { address, now, withinMs } = trust;
  const place = address && placeOf(address);
  if (place === null || !isAgentThere(own, trust)) return null;
  const answer = parseSnapshot(await askAgent(place, '/ports', withinMs));
  return answer !== null && answer.host.bootId === own.host.bootId && isFresh(answer, now()) ? answer : null;
}

/** Somebody listens where an agent would, and nobody who could not be trusted; whether it is an agent shows when asked. */
export function isAgentThere(own: Snapshot, { address, ownUid }: TrustOptions): boolean {
  const place = address && placeOf(address);
  if (place === null || own.host.bootId === null) return false;
  const listeners = servingListeners(own.listeners, place);
  return listeners.length > 0 && listeners.every((listener) => isTrusted(listener, ownUid));
}

/** Null for a unix socket, which has no row in the tables, so that nobody vouches for it. A wildcard is reached by loopback. */
export function placeOf(address: ListenAddress): Place | null {
  if (address.kind === 'unix' || address.port === 0) return null;
  const loopback: Readonly<Record<string, string>> = { localhost: '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' };
  return { address: loopback[address.address] ?? address.address, port: address.port };
}

/** Who opened the socket and whoever holds it now. */
export function isTrusted(listener: Listener, ownUid: number | null): boolean {
  const isOne = (uid: number | null, user: string | null) =>
    uid !== null && (uid === 0 || uid === ownUid || user === 'portlight');
  return isOne(listener.uid, listener.user) && servants(listener).every(({ uid, user }) => isOne(uid, user));
}

/** The body of a good answer, else null. */
export function askAgent(
  { address: host, port }: Place,
  path: string,
  withinMs = ANSWER_WITHIN_MS,
): Promise<string | null> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(withinMs);
    const request = get({ host, port, path, agent: false, signal, headers: { accept: 'application/json' } });
    request.once('error', () => resolve(null));
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) response.destroy();
        else chunks.push(chunk);
      });
      response.once('error', () => resolve(null));
      response.once('close', () => resolve(null));
      response.once('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString() : null));
    });
  });
}

function parseSnapshot(text: string | null): Snapshot | null {
  try {
    const parsed: unknown = JSON.parse(text ?? 'null');
    return isSnapshot(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** As far as these commands read it: another version of the agent may run. */
function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value) || value.schema !== SCHEMA || typeof value.takenAt !== 'string') return false;
  const { host, agent, findings } = value;
  if (!isRecord(host) || !isRecord(agent) || typeof agent.scanEveryMs !== 'number') return false;
  return typeof host.id === 'string' && Array.isArray(findings) && findings.every(isFinding);
}

const TEXTS = ['id', 'kind', 'program', 'programKey', 'networkNamespace', 'title', 'subtitle', 'sentence', 'why'];
const LISTS = ['causes', 'holders', 'evidence', 'steps'];

export function isFinding(value: unknown): value is Finding {
  if (!isRecord(value) || !isRecord(value.details)) return false;
  const isKnownSeverity = SEVERITIES.some((severity) => severity === value.severity);
  return (
    isKnownSeverity &&
    TEXTS.every((name) => typeof value[name] === 'string') &&
    LISTS.every((name) => Array.isArray(value[name]))
  );
}

function isFresh({ takenAt, agent }: Snapshot, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(takenAt);
  return ageMs <= Math.min(OLDEST_MS, PERIODS * agent.scanEveryMs) && ageMs >= -OLDEST_MS;
}
