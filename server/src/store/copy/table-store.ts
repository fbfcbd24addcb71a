import type { Queries } from '../queries/rows.ts';

/** A store as tables, for programs that copy or check it: no machine's push is taken in through it. */
export interface TableStore {
  /** What `work` reads is of one moment, whatever a running server writes meanwhile. */
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** All of `work` or none. */
  change<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** What the database itself finds wrong with what it has written, one sentence each; null: it cannot look. */
  inspect(): Promise<readonly string[] | null>;
  close(): Promise<void>;
}
