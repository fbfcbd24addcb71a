import { type Expectation, type Finding, type Snapshot } from '../contract.ts';
import { inOrder } from '../findings/judge.ts';
import { judgeOnce } from '../findings/judge-once.ts';
import { type PortUsers } from '../findings/judgement.ts';
import { holderKey } from '../scan/fingerprint.ts';

/** What a judgement of one look needs besides it. */
interface Grounds {
  readonly expectations: readonly Expectation[];
  readonly usersOf: PortUsers;
}

/**
 * A command's own snapshot with its findings. A running agent knows when what began and where programs belong, so what it
 * says goes first; what one look tells of declared services is added. Without an agent one look has to do.
 */
export function withFindings(own: Snapshot, agent: Snapshot | null, { expectations, usersOf }: Grounds): Snapshot {
  if (agent === null) return { ...own, findings: judgeOnce(own, { services: expectations, homes: [] }, usersOf) };
  const { id, name, labels } = agent.host;
  const identified = { ...own, host: { ...own.host, id, name, labels } };
  const known = agent.findings.filter((finding) => isStillSo(finding, own));
  const declared =
    expectations.length === 0 ? [] : judgeOnce(identified, { services: expectations, homes: [] }, usersOf);
  const added = declared.filter((finding) => finding.service !== null && !known.some((one) => areOfOne(one, finding)));
  return { ...identified, findings: inOrder([...known, ...added]) };
}

/** The agent looked a moment before: what has no process left that listens is over, as far as this look may see. */
function isStillSo({ holders }: Finding, { listeners }: Snapshot): boolean {
  const listening = new Set(listeners.flatMap((listener) => listener.holders).map(holderKey));
  const isBlind = listeners.some(({ holdersUnknown }) => holdersUnknown === 'denied');
  return isBlind || holders.length === 0 || holders.some((holder) => listening.has(holderKey(holder)));
}

function areOfOne(one: Finding, other: Finding): boolean {
  return one.programKey === other.programKey && one.networkNamespace === other.networkNamespace;
}
