import type { ExpectationPin, FindingGroupView } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';

interface PinScope {
  readonly value: ExpectationPin['scope'];
  readonly text: string;
}

/** For whom a place may be declared right; of several machines the first one stands for one machine. */
export function pinScopes({ hosts, radius }: Pick<FindingGroupView, 'hosts' | 'radius'>): readonly PinScope[] {
  const host = visibleText(hosts[0]?.name ?? 'this machine');
  const [group, ...others] = radius;
  const where = group === undefined || others.length > 0 ? `the group of ${host}` : visibleText(group.group);
  return [
    { value: 'host', text: `On ${host} only` },
    { value: 'group', text: `On all machines of ${where}` },
    { value: 'fleet', text: 'On every machine' },
  ];
}

export function pinOf(
  { id, hosts }: Pick<FindingGroupView, 'id' | 'hosts'>,
  scope: ExpectationPin['scope'],
  name: string,
): ExpectationPin {
  const finding = hosts[0]?.findingId ?? id;
  const named = name.trim();
  return named === '' ? { finding, scope } : { finding, scope, name: named };
}
