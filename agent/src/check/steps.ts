import { type Holder, type Place, type Step } from '../contract.ts';
import { describe, lookAt, lookForUsers } from '../findings/steps.ts';

const HERE = { namespacePid: null };
const MOST_PIDS = 16;

/** Commands that show who is there. */
export function lookSteps(places: readonly Place[], holders: readonly Holder[]): readonly Step[] {
  const ports = places.map(({ port }) => port);
  const pids = [...new Set(holders.map(({ pid }) => pid))].slice(0, MOST_PIDS);
  const look = lookAt(ports, HERE, holders.length === 0 ? 'No line as long as nothing listens there' : 'Who holds it');
  if (pids.length > 0) return [look, describe(pids)];
  return [look, ...ports.slice(0, 1).map((port) => lookForUsers(port, HERE))];
}
