import type { FindingGroupView } from '@portlight/server/views';

/** `id` names a group, or a finding of one. */
export function isGroupOf(group: Pick<FindingGroupView, 'id' | 'hosts'>, id: string): boolean {
  return group.id === id || group.hosts.some((host) => host.findingId === id);
}

export function hasFinding(groups: readonly Pick<FindingGroupView, 'id' | 'hosts'>[], id: string): boolean {
  return groups.some((group) => isGroupOf(group, id));
}
