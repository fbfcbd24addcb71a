import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/** A random UUID for each boot; null when hidden (systemd's ProcSubset=pid). */
export function readBootId(root: ProcRoot): string | null {
  const text = readText(root, 'sys/kernel/random/boot_id')?.trim() ?? '';
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null;
}
