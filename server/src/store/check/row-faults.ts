import { dumpTables } from '../copy/dump-tables.ts';
import type { TableRows } from '../copy/table-rows.ts';
import type { Queries } from '../queries/rows.ts';
import type { Tables } from '../tables.ts';

/** Columns with JSON in them. */
const JSON_COLUMNS: { readonly [T in keyof Tables]?: readonly (keyof Tables[T] & string)[] } = {
  hosts: ['facts'],
  listeners: ['holders', 'facts'],
  processes: ['facts'],
  findings: ['facts'],
  event_subjects: ['subject'],
  expectations: ['document'],
};

/** Reads every row of every table. */
export async function rowFaults(queries: Queries): Promise<readonly string[]> {
  const unreadable = new Map<string, number>();
  for await (const part of dumpTables(queries)) {
    for (const column of columnsWithJson(part)) {
      const name = `${part.table}.${column}`;
      const count = unreadableIn(part, part.columns.indexOf(column));
      if (count > 0) unreadable.set(name, (unreadable.get(name) ?? 0) + count);
    }
  }
  return [...unreadable].map(([name, count]) => `${name}: ${count} rows hold no JSON`);
}

function columnsWithJson({ table }: TableRows): readonly string[] {
  return new Map<string, readonly string[]>(Object.entries(JSON_COLUMNS)).get(table) ?? [];
}

function unreadableIn({ rows }: TableRows, column: number): number {
  return rows.filter((row) => !isJson(row[column])).length;
}

function isJson(value: unknown): boolean {
  try {
    JSON.parse(String(value));
    return true;
  } catch {
    return false;
  }
}
