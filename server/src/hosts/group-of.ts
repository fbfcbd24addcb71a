import type { Host } from '@portlight/agent/contract';

/** Label `group`, else the name up to its first digit: web-01 and web-02 are `web`. */
export function groupOf({ name, labels }: Pick<Host, 'name' | 'labels'>): string {
  const stem = name.replace(/\d.*$/s, '').replace(/[-_.]+$/, '');
  return labels.group ?? (stem === '' ? name : stem);
}
