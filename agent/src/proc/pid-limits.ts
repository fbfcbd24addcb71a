import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** Soft limit of a process; `unlimited` is one of its own. */
export type Limit = { readonly kind: 'limit'; readonly value: number } | { readonly kind: 'unlimited' };

/** `Max open files <soft> <hard> files`; null when there is no such line. */
export function parseOpenFilesLimit(limits: string): Limit | null {
  const soft = /^Max open files +(\w+) /m.exec(limits)?.[1];
  if (soft === 'unlimited') return { kind: 'unlimited' };
  const value = parseCount(soft);
  return value === null ? null : { kind: 'limit', value };
}

export function readOpenFilesLimit(root: ProcRoot, process: string): Limit | null {
  const limits = readText(root, `${process}/limits`);
  return limits === null ? null : parseOpenFilesLimit(limits);
}
