import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** Effective uid: `Uid: real effective saved filesystem`. The kernel escapes line feeds of names in this file. */
export function parseEffectiveUid(status: string): number | null {
  return parseCount(/^Uid:\t\d+\t(\d+)\t/m.exec(status)?.[1]);
}

export function readEffectiveUid(root: ProcRoot, process: string): number | null {
  const status = readText(root, `${process}/status`);
  return status === null ? null : parseEffectiveUid(status);
}
