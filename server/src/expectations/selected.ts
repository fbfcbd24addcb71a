import type { Host } from '@portlight/agent/contract';
import type { ServiceDeclaration } from '../views.ts';

/** Whether a service is for that machine. */
export function isFor({ hosts, labels = {} }: ServiceDeclaration, host: Pick<Host, 'name' | 'labels'>): boolean {
  const isNamed = hosts === undefined || hosts.some((pattern) => isLike(host.name, pattern));
  return isNamed && Object.entries(labels).every(([name, value]) => labelOf(host, name) === value);
}

function labelOf({ labels }: Pick<Host, 'labels'>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** `*` stands for any characters; upper and lower case are alike, as in the search. */
export function isLike(name: string, pattern: string): boolean {
  const [text, parts] = [name.toLowerCase(), pattern.toLowerCase().split('*')];
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from + last.length <= text.length;
}
