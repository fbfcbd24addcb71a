import { type Finding, type Holder, type Listener, type Place, type Snapshot } from '../contract.ts';
import { servingListeners } from './serving.ts';
import { type Sighting } from './sighting.ts';
import { holderText, nameOf, servants, startedText } from './words.ts';

/** The process in charge and where it listens instead. */
interface Newest {
  readonly holder: Holder;
  readonly port: number;
}

/**
 * Both sides of a drift, a ladder or a stale holder: `an old node (pid 18231, started …) still holds it, the new one
 * (pid 20114) listens on 3001`. Null when no finding says that the service is somewhere else.
 */
export function offPlaceText(place: Place, findings: readonly Finding[], { snapshot }: Sighting): string | null {
  const [found] = findings.flatMap((finding) => {
    const newest = newestOf(finding, snapshot, place);
    return newest === null ? [] : [{ finding, newest }];
  });
  if (found === undefined) return null;
  const { finding, newest } = found;
  const where = `(pid ${newest.holder.pid}) listens on ${newest.port}`;
  const [listener] = servingListeners(snapshot.listeners, place);
  if (listener === undefined) return `nothing listens there, ${nameOf(newest.holder)} ${where}`;
  const [holder] = servants(listener);
  if (holder === undefined) return `${holderText(listener)} holds it, ${nameOf(newest.holder)} ${where}`;
  const isOwn = holder.programKey === finding.programKey;
  return isOwn
    ? `an old ${startedText(holder)} still holds it, the new one ${where}`
    : `${startedText(holder)} holds it, ${nameOf(newest.holder)} ${where}`;
}

/** Null when it listens at the place as well. */
function newestOf(finding: Finding, { listeners }: Snapshot, place: Place): Newest | null {
  const own = listeners.filter((listener) => listener.isHostNamespace && listener.protocol === 'tcp');
  const pid = newestPid(finding, own);
  const at = own.filter(({ holders }) => holders.some((holder) => holder.pid === pid));
  const elsewhere = at.find(({ port }) => isElsewhere(finding, port)) ?? at.at(-1);
  const holder = elsewhere?.holders.find((one) => one.pid === pid);
  if (elsewhere === undefined || holder === undefined) return null;
  return at.some(({ port }) => port === place.port) ? null : { holder, port: elsewhere.port };
}

function newestPid(finding: Finding, listeners: readonly Listener[]): number | null {
  if (finding.kind === 'stale-holder') return finding.details.newerPid;
  if (finding.kind === 'ladder') return finding.details.pids.at(-1) ?? null;
  if (finding.kind !== 'drift') return null;
  const named = new Set(finding.holders.map(({ pid }) => pid));
  const holders = listeners
    .filter(({ port }) => finding.details.current.some((place) => place.port === port))
    .flatMap((listener) => listener.holders)
    .filter(({ pid }) => named.has(pid));
  return holders.toSorted((a, b) => (b.startTicks ?? 0) - (a.startTicks ?? 0))[0]?.pid ?? null;
}

function isElsewhere(finding: Finding, port: number): boolean {
  if (finding.kind === 'drift') return finding.details.current.some((place) => place.port === port);
  return finding.kind === 'ladder' && finding.details.ports.includes(port);
}
