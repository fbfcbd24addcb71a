import { printable } from '../proc/printable.ts';

const LIMIT_BYTES = 4096;

/** The arguments as people see them: escaped, and cut after 4 KiB in all. */
export function shownCommandLine(argv: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let room = LIMIT_BYTES;
  for (const argument of argv) {
    if (room <= 0) break;
    const text = cutBytes(printable(argument), room);
    shown.push(text);
    room -= Buffer.byteLength(text) + 1;
  }
  return shown;
}

/** Never half a character, and `…` (3 bytes) where something was cut. */
function cutBytes(text: string, room: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= room) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, Math.max(0, room - 3)), { stream: true })}…`;
}
