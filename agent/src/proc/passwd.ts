import { printable } from './printable.ts';
import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** Names by uid, the first where several share one; passwd(5). Users that a directory service knows are not in it. */
export function parsePasswd(passwd: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of passwd.split('\n')) {
    const [name = '', , uid] = line.split(':');
    const number = parseCount(uid);
    if (number !== null && name !== '' && !names.has(number)) names.set(number, printable(name, 256));
  }
  return names;
}

/** @param etc the folder that holds `passwd` */
export function readPasswd(etc: ProcRoot): ReadonlyMap<number, string> {
  return parsePasswd(readText(etc, 'passwd') ?? '');
}
