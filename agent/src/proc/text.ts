import { type ProcRoot } from './proc-root.ts';

/** The file as text, invalid UTF-8 as U+FFFD; null when it could not be read, for whatever reason. */
export function readText(root: ProcRoot, path: string): string | null {
  const read = root.bytes(path);
  return read.kind === 'bytes' ? read.bytes.toString() : null;
}

/** A decimal number as the kernel writes it, blanks around it allowed; null for anything else. */
export function parseCount(text: string | null | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : null;
}
