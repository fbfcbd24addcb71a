import type { Snapshot } from '../contract.ts';
import { printable } from '../proc/printable.ts';
import { findingsLines, type SeverityStyle } from './findings-text.ts';
import { listenerCells, type ListenerCells } from './listener-cells.ts';

const COLUMNS: readonly (readonly [title: string, key: keyof ListenerCells])[] = [
  ['PROTO', 'protocol'],
  ['ADDRESS', 'address'],
  ['PID', 'pid'],
  ['PROGRAM', 'program'],
  ['USER', 'user'],
  ['UNIT', 'unit'],
  ['FINDING', 'finding'],
  ['QUEUE', 'queue'],
  ['AGE', 'age'],
  ['NAMESPACE', 'namespace'],
  ['COMMAND', 'commandLine'],
];

export interface TextStyle {
  /** Lines are cut to this many columns; null leaves them whole. */
  readonly columns: number | null;
  readonly bold: (text: string) => string;
  readonly severity: SeverityStyle;
}

/** Shown only where some row has something in it. */
const SPARSE: ReadonlySet<keyof ListenerCells> = new Set(['namespace', 'finding']);

export const PLAIN: TextStyle = { columns: null, bold: (text) => text, severity: (_, text) => text };

function aligned(rows: readonly ListenerCells[], { columns, bold }: TextStyle): string[] {
  const used = COLUMNS.filter(([, key]) => !SPARSE.has(key) || rows.some((row) => row[key] !== ''));
  const widths = used.map(([title, key]) => Math.max(title.length, ...rows.map((row) => row[key].length)));
  const line = (cells: readonly string[]) => {
    const text = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
    return (columns === null ? text : text.slice(0, columns)).trimEnd();
  };
  return [bold(line(used.map(([title]) => title))), ...rows.map((row) => line(used.map(([, key]) => row[key])))];
}

/** The listeners as an aligned table, the findings and what could not be seen below it; ends with a newline. */
export function portsText(snapshot: Snapshot, style: TextStyle, now: Date): string {
  const { listeners, findings } = snapshot;
  const rows = listeners.map((listener) => listenerCells(listener, findings, now));
  const table = rows.length > 0 ? aligned(rows, style) : ['Nothing listens here.'];
  const notes = snapshot.coverage.notes.map((note) => printable(note));
  return [...table, ...findingsLines(findings, style.severity), ...(notes.length > 0 ? ['', ...notes] : []), ''].join(
    '\n',
  );
}
