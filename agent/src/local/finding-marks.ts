/** Which listeners a finding speaks of. */
import { type Finding, type FindingKind, type Holder, type Listener } from '../contract.ts';

/** Kinds to mark a listener with, each once: what it is itself, a stale holder on the home of a drift or a ladder for one. */
export function marksOf(listener: Listener, findings: readonly Finding[]): readonly FindingKind[] {
  return [...new Set(findings.map((finding) => markOf(listener, finding)).filter((kind) => kind !== null))];
}

function markOf(listener: Listener, finding: Finding): FindingKind | null {
  if (!isBeside(listener, finding)) return null;
  const isHome = listener.port === finding.port;
  const cause = finding.causes.find(({ pid, port }) => port === listener.port && holds(listener, pid));
  if (cause !== undefined && (isHome || !isTopic(listener, finding))) return cause.kind;
  return isTopic(listener, finding) ? finding.kind : null;
}

function isBeside({ protocol, networkNamespace }: Listener, finding: Finding): boolean {
  return protocol === finding.protocol && networkNamespace === finding.networkNamespace;
}

function holds({ holders }: Listener, pid: number | null): boolean {
  return holders.some((holder) => holder.pid === pid);
}

/** One of the places and processes that the finding itself is about. */
function isTopic(listener: Listener, finding: Finding): boolean {
  const { address, port, holders } = listener;
  if (finding.kind === 'drift') {
    const isThere = finding.details.current.some((place) => place.port === port && place.address === address);
    return isThere && holders.some((holder) => isNamed(holder, finding));
  }
  if (finding.kind === 'ladder') {
    return finding.details.ports.includes(port) && finding.details.pids.some((pid) => holds(listener, pid));
  }
  if (finding.kind === 'stale-holder') return finding.port === port && holds(listener, finding.details.pid);
  return (finding.port ?? port) === port && holders.some((holder) => isNamed(holder, finding));
}

function isNamed({ pid, startTicks }: Holder, { holders }: Finding): boolean {
  return holders.some((one) => one.pid === pid && one.startTicks === startTicks);
}

/** Whether some process the finding speaks of holds it, on whatever port. */
export function isOf(listener: Listener, finding: Finding): boolean {
  if (listener.networkNamespace !== finding.networkNamespace) return false;
  return (
    listener.holders.some((holder) => isNamed(holder, finding)) ||
    finding.causes.some(({ pid }) => holds(listener, pid))
  );
}
