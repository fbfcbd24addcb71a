import {
  type ProcRoot,
  type ReadBytes,
  type ReadLines,
  type ReadLink,
  type ReadNames,
  type Unread,
} from '../src/proc/proc-root.ts';

/** What a path answers instead, by the path as it is asked; the newest answer counts. */
export interface Alterations {
  readonly bytes?: Readonly<Record<string, string | Unread>>;
  readonly links?: Readonly<Record<string, string | Unread>>;
  readonly lists?: Readonly<Record<string, readonly string[] | Unread>>;
}

export const GONE: Unread = { kind: 'gone' };
export const DENIED: Unread = { kind: 'denied' };

/** A fixture tree that changes from look to look, and that says denied or gone where git keeps no such files. */
export function alteredRoot(root: ProcRoot, alterations: () => Alterations): ProcRoot {
  return {
    path: '/proc',
    bytes: (path, limit): ReadBytes => {
      const answer = alterations().bytes?.[path];
      if (typeof answer === 'string') return { kind: 'bytes', bytes: Buffer.from(answer) };
      return answer ?? root.bytes(path, limit);
    },
    lines: (path, take): ReadLines => {
      const answer = alterations().bytes?.[path];
      if (typeof answer !== 'string') return answer ?? root.lines(path, take);
      take(Buffer.from(answer));
      return { kind: 'read' };
    },
    link: (path): ReadLink => {
      const answer = alterations().links?.[path];
      return typeof answer === 'string' ? { kind: 'link', target: answer } : (answer ?? root.link(path));
    },
    list: (path): ReadNames => {
      const answer = alterations().lists?.[path];
      if (answer === undefined) return root.list(path);
      return 'kind' in answer ? answer : { kind: 'names', names: answer };
    },
  };
}
