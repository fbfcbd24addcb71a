import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BackupEnd } from './backup-lines.ts';

/** What went through a backup so far: how many rows of which table, and a hash of every byte. */
export class BackupTally {
  private readonly hash = createHash('sha256');
  private readonly rowsByTable: Record<string, number> = {};
  private total = 0;

  addText(text: string): void {
    this.hash.update(text);
  }

  addRows(table: string, rows: number): void {
    this.rowsByTable[table] = (this.rowsByTable[table] ?? 0) + rows;
    this.total += rows;
  }

  get rows(): number {
    return this.total;
  }

  /** To be asked once, at the end. */
  end(): BackupEnd {
    return { rows: this.total, sha256: this.hash.digest('hex') };
  }

  /** Whether as many rows came of each table as were announced; tables without rows need not have come. */
  holds(announced: Readonly<Record<string, number>>): boolean {
    const withRows = Object.entries(announced).filter(([, rows]) => rows > 0);
    return isDeepStrictEqual(new Map(withRows), new Map(Object.entries(this.rowsByTable)));
  }
}
