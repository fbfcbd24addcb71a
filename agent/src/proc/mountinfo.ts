import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/**
 * Whether a proc file system is mounted with hidepid, which keeps other users' processes from whoever lacks CAP_SYS_PTRACE.
 * `id parent major:minor root mount-point options [optional…] - type source super-options`; proc_pid_mountinfo(5)
 * @param mountPoint the last mount there is the one that is seen
 */
export function parseHidepid(mountinfo: string, mountPoint: string): boolean {
  const mounts = mountinfo.split('\n').filter((line) => unescapeOctal(line.split(' ')[4] ?? '') === mountPoint);
  const [, superblock = ''] = mounts.at(-1)?.split(' - ') ?? [];
  const [type, , options = ''] = superblock.split(' ');
  return type === 'proc' && /(?:^|,)hidepid=(?!0(?:,|$)|off(?:,|$))/.test(options);
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

export function readHidepid(root: ProcRoot): boolean {
  return parseHidepid(readText(root, 'self/mountinfo') ?? '', root.path);
}
