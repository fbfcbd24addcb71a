import { GroupCommit } from '../ingest/group-commit.ts';
import type { Log } from '../log.ts';
import { cursorParts, toCursor } from '../page-cursor.ts';
import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import type { AuditQuery, AuditRecord } from '../store/access-store.ts';
import type { Store } from '../store/store.ts';
import { AUDIT_ACTIONS, type AuditAction, type AuditEntry, type Page } from '../views.ts';

const ENTRIES_PER_PAGE = 200;

/** What `?action=&host=&cursor=` may say. */
export interface AuditAsked {
  readonly action?: unknown;
  readonly host?: unknown;
  readonly cursor?: unknown;
}

interface AuditOptions {
  readonly now: () => number;
  readonly log: Log;
}

/** Who did what when. What is changed in the store is recorded in the same commit, by whoever changes it. */
export class Audit {
  private readonly commits: GroupCommit<AuditRecord, null>;

  constructor(
    private readonly store: Store,
    private readonly options: AuditOptions,
  ) {
    this.commits = new GroupCommit(
      async (records) => {
        await store.commit((writer) => writer.addAudit(records));
        return records.map(() => null);
      },
      () => true,
    );
  }

  /** For what changes nothing itself: when it cannot be recorded, the log tells of it and it goes on. */
  async add(record: AuditRecord): Promise<void> {
    try {
      await this.commits.add(record);
    } catch (cause) {
      this.options.log.error({ cause: String(cause), record }, 'an audit record could not be stored');
    }
  }

  /** Everything that was added is stored. */
  async idle(): Promise<void> {
    await this.commits.idle();
  }

  async list(asked: AuditAsked): Promise<Page<AuditEntry>> {
    const query = parseQuery(asked);
    await this.idle();
    const records = await this.store.reader.audit(query);
    const total = await this.store.reader.countAudit(query);
    const last = records.at(-1);
    const hasMore = last !== undefined && records.length === query.limit;
    const nextCursor = hasMore ? toCursor([last.at, last.id]) : null;
    return { items: records.map(toEntry), nextCursor, total, ...stamp(this.options.now()) };
  }
}

function toEntry(record: AuditRecord): AuditEntry {
  return { ...record, action: record.action as AuditAction, at: new Date(record.at).toISOString() };
}

function parseQuery({ action, host, cursor }: AuditAsked): AuditQuery {
  return {
    action: action === undefined ? null : parseAction(action),
    hostId: host === undefined ? null : parseHost(host),
    before: cursor === undefined ? null : parseCursor(cursor),
    limit: ENTRIES_PER_PAGE,
  };
}

function parseAction(action: unknown): string {
  const known = AUDIT_ACTIONS.find((one) => one === action);
  if (known !== undefined) return known;
  throw new Refusal(400, 'bad-action', `action: expected one of ${AUDIT_ACTIONS.join(', ')}`);
}

function parseHost(host: unknown): string {
  if (typeof host === 'string' && host.length <= 64) return host;
  throw new Refusal(400, 'bad-host', 'host: expected the id of a machine');
}

function parseCursor(cursor: unknown): NonNullable<AuditQuery['before']> {
  const [at, id] = cursorParts(cursor) ?? [];
  if (typeof at === 'number' && Number.isSafeInteger(at) && typeof id === 'string') return { at, id };
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an answer', { hint: 'start without cursor' });
}
