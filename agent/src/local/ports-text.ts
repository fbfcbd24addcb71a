import type { Snapshot } from '../contract.ts';
import { printable } from '../proc/printable.ts';
import { listenerCells, type ListenerCells } from './listener-cells.ts';

const COLUMNS: readonly (readonly [title: string, key: keyof ListenerCells])[] = [
  ['PROTO', 'protocol'],
  ['ADDRESS', 'address'],
  ['PID', 'pid'],
  ['PROGRAM', 'program'],
  ['USER', 'user'],
  ['UNIT', 'unit'],
  ['QUEUE', 'queue'],
  ['AGE', 'age'],
  ['NAMESPACE', 'namespace'],
  ['COMMAND', 'commandLine'],
];

export interface TextStyle {
  /** Lines are cut to this many columns; null leaves them whole. */
  readonly columns: number | null;
  readonly bold: (text: string) => string;
}

export const PLAIN: TextStyle = { columns: null, bold: (text) => text };

function aligned(rows: readonly ListenerCells[], { columns, bold }: TextStyle): string[] {
  const used = COLUMNS.filter(([, key]) => key !== 'namespace' || rows.some((row) => row.namespace !== ''));
  const widths = used.map(([title, key]) => Math.max(title.length, ...rows.map((row) => row[key].length)));
  const line = (cells: readonly string[]) => {
    const text = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
    return (columns === null ? text : text.slice(0, columns)).trimEnd();
  };
  return [bold(line(used.map(([title]) => title))), ...rows.map((row) => line(used.map(([, key]) => row[key])))];
}

/** The listeners as an aligned table, what could not be seen below it; ends with a newline. */
export function portsText(snapshot: Snapshot, style: TextStyle, now: Date): string {
  const rows = snapshot.listeners.map((listener) => listenerCells(listener, now));
  const table = rows.length > 0 ? aligned(rows, style) : ['Nothing listens here.'];
  const notes = snapshot.coverage.notes.map((note) => printable(note));
  return [...table, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}
