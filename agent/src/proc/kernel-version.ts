import { printable } from './printable.ts';
import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/** As `4.18.0-348.el8.x86_64`. */
export function readKernelVersion(root: ProcRoot): string | null {
  const text = readText(root, 'sys/kernel/osrelease')?.trim();
  return text === undefined || text === '' ? null : printable(text, 256);
}
