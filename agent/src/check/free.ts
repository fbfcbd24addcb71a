/** Whether a server could listen somewhere. Pure. */
import { type Finding, type Holder, type Listener, type Place, type Snapshot, type Step } from '../contract.ts';
import { blocks } from '../findings/bound.ts';
import { isJudged } from '../findings/programs.ts';
import { end } from '../findings/steps.ts';
import { placeText } from '../findings/words.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { blindness, type Sighting } from './sighting.ts';
import { lookSteps } from './steps.ts';
import { type Verdict } from './verdict.ts';
import { factsText, holderText, nameOf, servants } from './words.ts';

type Answer = Omit<Verdict, 'kind' | 'subject'>;

interface Held {
  readonly listener: Listener;
  readonly holder: Holder;
}

export function freeVerdict(place: Place, sighting: Sighting): Verdict {
  return { kind: 'free', subject: placeText(place), ...answerOf(place, sighting) };
}

function answerOf(place: Place, sighting: Sighting): Answer {
  const where = placeText(place);
  if (!sighting.areTablesRead) {
    const sentence = `whether ${where} is free cannot be seen: the tables of sockets could not be read`;
    return { status: 'UNKNOWN', sentence, evidence: blindness(sighting), steps: [] };
  }
  const wanted = { address: place.address, dualStack: null };
  const listeners = sighting.snapshot.listeners.filter(
    (one) => one.protocol === 'tcp' && one.isHostNamespace && one.port === place.port && blocks(one, wanted),
  );
  if (listeners.length > 0) return taken(place, listeners, sighting);
  const rows = (sighting.rows.get(place.port) ?? []).filter(({ address }) =>
    blocks({ address, dualStack: null }, wanted),
  );
  return connected(place, rows, sighting);
}

function taken(place: Place, listeners: readonly Listener[], { snapshot }: Sighting): Answer {
  const held: readonly Held[] = listeners.flatMap((listener) =>
    servants(listener).map((holder) => ({ listener, holder })),
  );
  const causes = held.map(({ holder }) => likelyCause(holder, snapshot)).filter((cause) => cause !== null);
  const [cause] = causes;
  const by = listeners.map((listener) => `${holderText(listener)} listens on ${placeText(listener)}`);
  const findings = findingsOn(
    place,
    held.map(({ holder }) => holder),
    snapshot,
  );
  return {
    status: 'CRITICAL',
    sentence: `${placeText(place)} is not free: ${by.join(' and ')}${cause === undefined ? '' : `, ${cause}`}`,
    evidence: [
      ...held.map(({ listener, holder }) => `${placeText(listener)} is held by ${factsText(holder)}`),
      ...listeners.flatMap(hiddenHolder),
      ...findings.flatMap(({ evidence }) => evidence),
    ],
    steps: findings[0]?.steps ?? [
      ...lookSteps(
        [place],
        held.map(({ holder }) => holder),
      ),
      ...endSteps(held, snapshot),
    ],
  };
}

/** Only of what is likely a leftover. */
function endSteps(held: readonly Held[], snapshot: Snapshot): readonly Step[] {
  const leftovers = held.filter(({ holder }) => isJudged(holder) && likelyCause(holder, snapshot) !== null);
  return leftovers.length === 0 ? [] : [end('End it if it is left behind', leftovers, { namespacePid: null })];
}

function hiddenHolder(listener: Listener): readonly string[] {
  if (listener.holders.length > 0) return [];
  const remedy = listener.holdersUnknown === 'denied' ? ' Run it as root to see which.' : '';
  return [`${placeText(listener)} is held by ${holderText(listener)}.${remedy}`];
}

/** Of critical and warning ones, those that name a holder at this port. */
function findingsOn(place: Place, holders: readonly Holder[], { findings }: Snapshot): readonly Finding[] {
  return findings.filter(
    (finding) =>
      finding.severity !== 'notice' &&
      (finding.port === place.port || finding.causes.some(({ port }) => port === place.port)) &&
      finding.holders.some((one) =>
        holders.some(({ pid, startTicks }) => pid === one.pid && startTicks === one.startTicks),
      ),
  );
}

const STALE_WORDS: Readonly<Record<string, string>> = {
  'ignored-sigterm': 'left behind by an earlier start: it did not end when it was replaced',
  'other-starter': 'left behind by an earlier start: something else started it',
  replaced: 'left behind by an earlier start: its program file was replaced since',
  inherited: 'which inherited the socket from a process that is gone',
};

/** Why it is there still, as a part of a sentence; null when nothing speaks for a leftover. */
function likelyCause(holder: Holder, { listeners, findings }: Snapshot): string | null {
  const stale = findings
    .flatMap(({ causes }) => causes)
    .find(({ kind, pid }) => kind === 'stale-holder' && pid === holder.pid);
  const known = STALE_WORDS[stale?.cause ?? ''];
  if (known !== undefined) return known;
  const newer = newerInstance(holder, listeners);
  if (newer !== null)
    return `left behind by an earlier start: a newer ${nameOf(holder)} (pid ${newer.pid}) listens on ${newer.port}`;
  if (holder.executableDeleted)
    return 'probably left behind by an earlier start: its program file was deleted or replaced since';
  const isOrphan =
    holder.parentPid === 1 && (holder.unit === null || holder.scope === 'session') && holder.container === null;
  return isOrphan ? 'probably left behind by an earlier start: what started it is gone (its parent is pid 1)' : null;
}

function newerInstance(
  holder: Holder,
  listeners: readonly Listener[],
): { readonly pid: number; readonly port: number } | null {
  const { startTicks, programKey, pid } = holder;
  if (startTicks === null) return null;
  const newer = listeners.flatMap(({ port, holders, isHostNamespace }) =>
    holders
      .filter((one) => isHostNamespace && one.programKey === programKey && !one.ancestors.includes(pid))
      .filter(
        (one) => one.startTicks !== null && one.startTicks > startTicks && !holders.some((other) => other.pid === pid),
      )
      .map((one) => ({ pid: one.pid, port, startTicks: one.startTicks ?? 0 })),
  );
  return newer.toSorted((a, b) => b.startTicks - a.startTicks)[0] ?? null;
}

/** States in which a socket keeps no server with SO_REUSEADDR away, and nearly all set it. KERNEL.md, “Who blocks”. */
const HARMLESS = new Set(['TIME-WAIT', 'SYN-RECV']);

type Use = 'outgoing' | 'accepted' | 'unclear';

function connected(place: Place, rows: readonly TcpRow[], { snapshot }: Sighting): Answer {
  const where = placeText(place);
  const used = rows
    .filter(({ state, inode }) => !HARMLESS.has(state) && inode !== '0')
    .map((row) => ({ row, use: useOf(row, snapshot) }));
  const evidence = rows.slice(0, 10).map((row) => rowText(row, used.find((one) => one.row === row)?.use));
  const steps = lookSteps([place], []);
  if (used.some(({ use }) => use === 'outgoing')) {
    const sentence = `${where} is not free: an outgoing connection uses it as its local port`;
    return { status: 'CRITICAL', sentence, evidence: [...evidence, ...ephemeralText(place, snapshot)], steps };
  }
  if (used.some(({ use }) => use === 'unclear')) {
    const sentence = `nothing listens on ${where}, but connections use it, and which side opened them cannot be told`;
    return { status: 'UNKNOWN', sentence, evidence: [...evidence, ...ephemeralText(place, snapshot)], steps };
  }
  const rest = rows.length > 0 ? '; what is left of earlier connections keeps no server with SO_REUSEADDR away' : '';
  return { status: 'OK', sentence: `${where} is free: nothing listens there or uses it${rest}`, evidence, steps: [] };
}

/** The row does not say who opened the connection, its two ports do as a rule: clients take ephemeral ones. */
function useOf({ address, port, peerAddress, peerPort }: TcpRow, { kernel, listeners }: Snapshot): Use {
  const isListener = listeners.some((one) => one.protocol === 'tcp' && one.isHostNamespace && one.port === peerPort);
  const isOwnPeer = peerAddress === address || peerAddress.startsWith('127.') || peerAddress === '::1';
  if (isOwnPeer && isListener) return 'outgoing';
  const [own, peer] = [port, peerPort].map((one) => isEphemeral(one, kernel.ephemeralPorts));
  if (own === peer) return 'unclear';
  return own ? 'outgoing' : 'accepted';
}

/** The kernel's own default where the range is hidden. */
const USUAL_RANGE = [32_768, 60_999] as const;

function isEphemeral(port: number, range: readonly [number, number] | null): boolean {
  const [first, last] = range ?? USUAL_RANGE;
  return port >= first && port <= last;
}

const USE_WORDS: Readonly<Record<Use, string>> = {
  outgoing: 'an outgoing connection',
  accepted: 'a connection that an earlier server accepted',
  unclear: 'a connection',
};

function rowText(row: TcpRow, use: Use | undefined): string {
  const ends = `${placeText(row)} to ${placeText({ address: row.peerAddress, port: row.peerPort })}`;
  return `${row.state} ${ends}: ${use === undefined ? 'no process holds it any more, or yet' : USE_WORDS[use]}.`;
}

function ephemeralText({ port }: Place, { kernel }: Snapshot): readonly string[] {
  const { ephemeralPorts: range, reservedPorts } = kernel;
  if (range === null || !isEphemeral(port, range)) return [];
  const remedy = reservedPorts.includes(String(port)) ? '' : ' net.ipv4.ip_local_reserved_ports keeps them off it.';
  return [`${port} lies in the range that outgoing connections take their ports from, ${range.join(' to ')}.${remedy}`];
}
