import type { Finding } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';

/** A finding's sentence in two: the part that names the program and its trouble, and the rest. */
interface MachineHeadline {
  readonly lead: string;
  readonly rest: string;
}

/** `node is off its port:` and the rest; without a colon only the program's name leads, if it comes first. */
export function machineHeadline({ sentence, program }: Pick<Finding, 'sentence' | 'program'>): MachineHeadline {
  const [text, name] = [visibleText(sentence), visibleText(program)];
  if (!text.startsWith(name)) return { lead: '', rest: text };
  const colon = text.indexOf(': ', name.length);
  const end = colon < 0 ? name.length : colon + 1;
  return { lead: text.slice(0, end), rest: text.slice(end) };
}
