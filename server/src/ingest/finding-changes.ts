import { isDeepStrictEqual } from 'node:util';
import type { Finding, Instant } from '@portlight/agent/contract';
import type { FindingChanges } from '../store/finding-store.ts';
import { completed } from './told-finding.ts';

/** The first of each: two containers may have the same trouble, and it is one then. */
export function onePerTrouble(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.map(completed).filter(({ id, groupId }) => {
    const isKnown = seen.has(`id ${id}`) || seen.has(`group ${groupId}`);
    seen.add(`id ${id}`).add(`group ${groupId}`);
    return !isKnown;
  });
}

/** What a machine's new list makes of its open findings. What is gone from the list closed by `at`, the agent's time. */
export function findingChanges(
  before: readonly Finding[],
  told: readonly Finding[],
  { at, receivedAt }: { readonly at: Instant; readonly receivedAt: number },
): FindingChanges {
  const old = new Map(before.map((finding) => [finding.id, finding]));
  const after = onePerTrouble(told);
  const current = new Set(after.map(({ id }) => id));
  return {
    opened: after.filter(({ id }) => !old.has(id)),
    changed: after.filter((finding) => old.has(finding.id) && !isDeepStrictEqual(old.get(finding.id), finding)),
    closed: before.filter(({ id }) => !current.has(id)).map(({ id, since }) => ({ id, closedAt: later(at, since) })),
    receivedAt,
  };
}

/** A clock may have been set back; nothing ends before it began. */
function later(a: Instant, b: Instant): Instant {
  return Date.parse(a) < Date.parse(b) ? b : a;
}

export function isAnyChange({ opened, changed, closed }: FindingChanges): boolean {
  return opened.length + changed.length + closed.length > 0;
}

/** What is open once these changes are made. */
export function openAfter(before: readonly Finding[], { opened, changed, closed }: FindingChanges): readonly Finding[] {
  const gone = new Set([...closed, ...changed].map(({ id }) => id));
  return [...before.filter(({ id }) => !gone.has(id)), ...changed, ...opened];
}
