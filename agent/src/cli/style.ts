import { type Severity } from '../contract.ts';
import { PLAIN, type TextStyle } from '../local/ports-text.ts';
import { type Terminal } from './terminal.ts';

const COLOURS: Readonly<Record<Severity, number>> = { critical: 31, warning: 33, notice: 36 };

/** Colours and widths for people, plain text for all else. */
export function styleOf({ columns, hasColours }: Terminal): TextStyle {
  if (!hasColours) return { ...PLAIN, columns };
  return {
    columns,
    bold: (text) => `\u001b[1m${text}\u001b[22m`,
    severity: (severity, text) => `\u001b[1;${COLOURS[severity]}m${text}\u001b[0m`,
  };
}
