import { parseServiceName } from '@portlight/agent/expectation';
import { Refusal } from '../refusal.ts';
import { oneOf, optional, record, refuse, text, type Rule } from '../validation/rule.ts';
import { refusedBody } from '../validation/validate.ts';
import type { ExpectationPin } from '../views.ts';

/** What `?revision=&format=` may say. */
export interface ExpectationsAsked {
  readonly revision?: unknown;
  readonly format?: unknown;
}

export function parseRevision(revision: unknown): number | undefined {
  if (revision === undefined) return undefined;
  if (typeof revision === 'string' && /^\d{1,9}$/.test(revision)) return Number(revision);
  throw new Refusal(400, 'bad-revision', 'revision: expected the number of a revision');
}

/** Whether the document alone is asked for. */
export function isFile(format: unknown): boolean {
  if (format === undefined || format === 'file') return format === 'file';
  throw new Refusal(400, 'bad-format', 'format: expected file, or nothing');
}

/** `"3"`: stored only where revision 3 is the newest; null where it does not matter. */
export function parseIfMatch(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  const [, digits] = /^\s*(?:W\/)?"?(\d{1,9})"?\s*$/.exec(header) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new Refusal(400, 'bad-if-match', 'If-Match: expected the number of a revision in quotes, such as "3"', {
    hint: 'GET /api/v1/expectations tells it as revision and as ETag',
  });
}

const serviceName: Rule = (value) => {
  const read = typeof value === 'string' ? parseServiceName(value) : null;
  if (read?.kind === 'value') return null;
  return refuse(read?.expected ?? 'a name', value);
};

const pin = record<ExpectationPin>({
  finding: text(64, 1),
  scope: oneOf(['host', 'group', 'fleet']),
  name: optional(serviceName),
});

export function parsePin(body: unknown): ExpectationPin {
  const faults = pin(body);
  if (faults) throw refusedBody(faults, 'send { "finding": ID, "scope": "host", "group" or "fleet", "name"?: NAME }');
  return body as ExpectationPin;
}
