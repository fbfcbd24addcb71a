import { type ProcRoot } from './proc-root.ts';

/** Command lines may have 2 MB; far more than we show is enough to find and mask secrets. */
const READ_LIMIT = 64 * 1024;

/**
 * The arguments; none for zombies and kernel threads. A process that changed its title leaves one argument and zeros.
 * @param isWhole whether the file was read to its end: if not, its last argument is dropped, as half of it may be a secret's half
 */
export function parsePidCmdline(bytes: Buffer, isWhole = true): readonly string[] {
  const args = bytes.toString().replace(/\0+$/, '').split('\0');
  if (!isWhole && args.length > 1) return args.slice(0, -1);
  return args.length === 1 && args[0] === '' ? [] : args;
}

/** Raw, secrets and all: mask before it leaves the agent. Empty when it may not be read. */
export function readPidCmdline(root: ProcRoot, process: string): readonly string[] {
  const read = root.bytes(`${process}/cmdline`, READ_LIMIT);
  return read.kind === 'bytes' ? parsePidCmdline(read.bytes, read.bytes.length < READ_LIMIT) : [];
}
