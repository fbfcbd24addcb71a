/** Events for tests. */
import { type Event } from '../src/contract.ts';
import { holder } from './snapshots.ts';

export const numbered = (id: number): Event => ({
  id,
  at: new Date(Date.parse('2026-11-23T03:14:07.000Z') + id).toISOString(),
  kind: 'opened',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: '4026531840',
  inode: String(5000 + id),
  holders: [holder()],
  detail: null,
});

/** Ids from the first to the last. */
export const ids = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);
