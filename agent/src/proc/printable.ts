/**
 * Controls, and what turns the direction of text or takes no room: characters by which a name could look like another one
 * or leave its line. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that shows what a name of unknown origin holds: `\n`, `\x1b`, `\u202e` instead of the characters, and no more than
 * `limit` characters, the last one then being `…`. Printing it twice changes nothing.
 */
export function printable(name: string, limit = 4096): string {
  // Cut first: an escape is never longer than 9 characters, so a name of 2 MB costs no more than a short one.
  return cut(cut(name, limit + 1).replace(UNPRINTABLE, escape), limit);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // A pair of surrogates is not torn apart: half of it is no text, and stores refuse it.
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
