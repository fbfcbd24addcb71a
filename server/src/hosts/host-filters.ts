import { Refusal } from '../refusal.ts';
import type { HostFilter } from '../store/store.ts';

const MAX_CHARACTERS = 256;
const MAX_TERMS = 16;

const FIELDS: Readonly<Record<string, HostFilter['field']>> = { host: 'name', group: 'group' };

/** `web`, `host:web-*`, `group:db,cache`, `-group:test`: all must hold; a comma means or, `*` any text, `-` not. */
export function parseHostFilters(q: unknown): readonly HostFilter[] {
  if (typeof q !== 'string') throw new Refusal(400, 'bad-search', 'q: expected it once');
  const terms = q.split(/\s+/).filter(Boolean);
  if (q.length > MAX_CHARACTERS || terms.length > MAX_TERMS) {
    throw new Refusal(400, 'bad-search', `q: expected at most ${MAX_CHARACTERS} characters in ${MAX_TERMS} words`);
  }
  return terms.map(parseTerm);
}

function parseTerm(term: string): HostFilter {
  const isNegated = term.startsWith('-');
  const [, key, values = ''] = /^(?:([^:]*):)?(.*)$/s.exec(isNegated ? term.slice(1) : term) ?? [];
  const patterns = values.split(',').filter(Boolean);
  if (key === undefined) return { field: 'name', patterns: patterns.map((word) => `*${word}*`), isNegated };
  const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
  if (field && patterns.length > 0) return { field, patterns, isNegated };
  throw new Refusal(
    400,
    'bad-search',
    `q: expected a word, host:PATTERN or group:PATTERN, got ${JSON.stringify(term)}`,
  );
}
