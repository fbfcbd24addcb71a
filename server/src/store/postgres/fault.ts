import { StoreFault, type StoreFaultKind } from '../store-fault.ts';

/** SQLSTATE codes and classes, https://www.postgresql.org/docs/current/errcodes-appendix.html, and errors of the connection. */
const KINDS: readonly (readonly [RegExp, StoreFaultKind])[] = [
  [/^53100$/, 'full'],
  [/^(55P03|57014|53300)$/, 'locked'],
  [/^(25006|42501)$/, 'read-only'],
  [/^XX00[12]$/, 'damaged'],
  [/^(08|57P|28|3D|53)/, 'unreachable'],
  [/^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|ENOENT|EACCES)/, 'unreachable'],
];

const REMEDIES: Readonly<Record<StoreFaultKind, string>> = {
  full: 'free some space on the database’s disk; the server recovers by itself',
  locked: 'see in pg_stat_activity who holds it or takes its connections; the server recovers by itself',
  'read-only': 'point --store at the primary, and give its user the right to write',
  damaged: 'restore a backup of the database; it is not touched',
  unreachable: 'check --store, the user’s password and that the database runs; the server recovers by itself',
};

/** Errors of the driver without a code, by what they say. */
const CUT =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client was closed|not queryable/i;

/** Errors that say something about the database become a fault with a remedy; all others stay what they are. */
export function postgresFault(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof StoreFault) return cause;
  const code = codeOf(cause);
  const kind = CUT.test(cause.message) ? 'unreachable' : KINDS.find(([pattern]) => pattern.test(code))?.[1];
  return kind === undefined ? cause : new StoreFault(kind, reasonOf(cause), REMEDIES[kind], cause);
}

/** Several addresses that all refuse make one error with an empty message. */
function reasonOf(cause: Error): string {
  return cause.message || (cause instanceof AggregateError ? cause.errors.map(String).join('; ') : cause.name);
}

function codeOf(cause: Error): string {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** Serialization, deadlocks, two instances that insert the same row, a day's table that went: again, and it is over. */
const PASSING = /^(40001|40P01|23505|42P01|42P07|XX000|08\w{3}|57P0[123])$/;

/**
 * Whether the work may succeed when it is done again at once. A commit whose answer was lost may have happened: pushes are
 * written so that twice has the effect of once.
 */
export function isPassing(cause: unknown): boolean {
  return cause instanceof Error && (PASSING.test(codeOf(cause)) || CUT.test(cause.message));
}
