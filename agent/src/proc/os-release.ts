import { printable } from './printable.ts';
import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/** PRETTY_NAME, quoted as for a shell: os-release(5). */
export function parseOsRelease(text: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim() ?? '';
  const unquoted = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  const name = unquoted.replace(/\\(["$`\\])/g, '$1');
  return name === '' ? null : printable(name, 256);
}

/** @param etc the folder that holds `os-release` */
export function readOsRelease(etc: ProcRoot): string | null {
  return parseOsRelease(readText(etc, 'os-release') ?? '');
}
