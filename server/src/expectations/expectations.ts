import { isDeepStrictEqual } from 'node:util';
import { auditRecord, type Actor } from '../audit/audit-record.ts';
import { cursorParts, toCursor } from '../page-cursor.ts';
import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import type { KeptExpectations } from '../store/expectation-store.ts';
import type { Store } from '../store/store.ts';
import type {
  ExpectationPin,
  ExpectationsDocument,
  ExpectationsPreview,
  ExpectationsRevision,
  ExpectationsView,
  Page,
  PinPreview,
  ServiceDeclaration,
} from '../views.ts';
import { NOTHING_EXPECTED, parseDocument } from './document.ts';
import { bookOf, type ExpectationBook } from './expectation-book.ts';
import { isSupported, toLearned } from './fleet-home.ts';
import { pinned, type PinnedFinding } from './pin.ts';
import { previewOf } from './preview.ts';

const LEARNED_AT_MOST = 500;
const REVISIONS_PER_PAGE = 200;

/** What is stored instead of the newest revision. */
export interface Change {
  readonly document: ExpectationsDocument;
  /** The revision it was made from; null: whatever there is. */
  readonly madeFrom: number | null;
  readonly actor: Actor;
}

/** What is declared for the fleet, revision by revision. */
export class Expectations {
  private previewing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly book: ExpectationBook,
    private readonly now: () => number,
  ) {}

  /** The newest one, or that revision. */
  async view(revision?: number): Promise<ExpectationsView> {
    const kept = await this.kept(revision);
    const homes = (await this.store.reader.fleetHomes()).filter(isSupported);
    const now = this.now();
    return {
      ...kept.document,
      revision: kept.revision,
      changedAt: kept.revision === 0 ? null : new Date(kept.at).toISOString(),
      changedBy: kept.revision === 0 ? null : kept.by,
      learned: homes.slice(0, LEARNED_AT_MOST).map(toLearned),
      learnedOmitted: Math.max(0, homes.length - LEARNED_AT_MOST),
      ...stamp(now),
    };
  }

  /** Only what differs is another revision. */
  async change({ document, madeFrom, actor }: Change): Promise<ExpectationsView> {
    await this.store.commit(async (writer) => {
      const current = (await writer.expectations()) ?? NEVER;
      if (madeFrom !== null && madeFrom !== current.revision) throw changedMeanwhile(madeFrom, current);
      if (isDeepStrictEqual(current.document, document)) return;
      const at = this.now();
      const revision = await writer.addExpectations({ at, by: actor.by, document });
      await writer.bumpHandedRevision();
      await writer.addAudit([
        auditRecord({ at, action: 'expectations-stored', ...actor, detail: `revision ${revision}` }),
      ]);
    });
    await this.book.refresh();
    return await this.view();
  }

  async revisions(cursor: unknown): Promise<Page<ExpectationsRevision>> {
    const before = cursor === undefined ? null : parseCursor(cursor);
    const items = await this.store.reader.expectationRevisions(before, REVISIONS_PER_PAGE);
    const last = items.at(-1);
    const hasMore = last !== undefined && items.length === REVISIONS_PER_PAGE;
    const total = await this.store.reader.countExpectationRevisions();
    return { items, nextCursor: hasMore ? toCursor([last.revision]) : null, total, ...stamp(this.now()) };
  }

  /** One after the other: each judges many machines. */
  async preview(document: ExpectationsDocument): Promise<ExpectationsPreview> {
    const work = this.previewing.then(async () => {
      const homes = await this.store.reader.fleetHomes();
      const current = bookOf((await this.kept()).document, homes);
      const counted = await previewOf(this.store.reader, { current, proposed: bookOf(document, homes) });
      return { ...counted, ...stamp(this.now()) };
    });
    this.previewing = work.catch(() => null);
    return await work;
  }

  /** Where the program of a finding is now becomes what is expected of it. */
  async pin(pin: ExpectationPin, actor: Actor): Promise<ExpectationsView> {
    const { document, revision } = await this.kept();
    const found = await this.findingToPin(pin);
    // One place or service more may be one too many.
    return await this.change({ document: parseDocument(pinned(document, pin, found)), madeFrom: revision, actor });
  }

  async previewPin(pin: ExpectationPin): Promise<PinPreview> {
    const { document } = await this.kept();
    const proposed = pinned(document, pin, await this.findingToPin(pin));
    const isKnown = (service: ServiceDeclaration): boolean =>
      document.services.some((known) => isDeepStrictEqual(known, service));
    const service = proposed.services.find((one) => !isKnown(one)) ?? null;
    return { service, ...(await this.preview(proposed)) };
  }

  private async kept(revision?: number): Promise<KeptExpectations> {
    const kept = revision === 0 ? NEVER : await this.store.reader.expectations(revision);
    if (kept) return kept;
    if (revision === undefined) return NEVER;
    throw new Refusal(404, 'unknown-revision', `there is no revision ${revision} of the expectations`, {
      hint: 'GET /api/v1/expectations/revisions lists those that are kept',
    });
  }

  private async findingToPin({ finding: id, scope }: ExpectationPin): Promise<PinnedFinding> {
    const group = await this.store.reader.findingGroup(id);
    const own = group?.members.find(({ findingId }) => findingId === id);
    if (group && !own && scope === 'host' && group.machines > 1) throw severalMachines(group.machines);
    const member = own ?? group?.members[0];
    const machine = member ? await this.store.reader.machine(member.hostId) : null;
    const finding = machine?.findings.find((one) => one.id === member?.findingId);
    if (machine && finding) return { finding, machine };
    throw new Refusal(group ? 422 : 404, group ? 'finding-closed' : 'unknown-finding', notOpen(id, group !== null), {
      hint: 'GET /api/v1/findings lists the open ones',
    });
  }
}

/** Before the first revision. */
const NEVER: KeptExpectations = { revision: 0, at: 0, by: '', document: NOTHING_EXPECTED };

function changedMeanwhile(madeFrom: number, current: KeptExpectations): Refusal {
  const message = `expected revision ${madeFrom} to be the newest, but revision ${current.revision} was stored by ${current.by} at ${new Date(current.at).toISOString()}`;
  return new Refusal(412, 'changed-meanwhile', message, {
    hint: 'GET /api/v1/expectations, make the change again in what it answers, and send that with its revision in If-Match',
  });
}

function parseCursor(cursor: unknown): number {
  const [revision] = cursorParts(cursor) ?? [];
  if (typeof revision === 'number') return revision;
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an answer', { hint: 'start without cursor' });
}

function severalMachines(machines: number): Refusal {
  return new Refusal(422, 'several-machines', `the finding is open on ${machines} machines`, {
    hint: 'give the id of one machine’s finding, or the scope group or fleet',
  });
}

function notOpen(id: string, isKnown: boolean): string {
  const shown = JSON.stringify(id.slice(0, 64));
  return isKnown ? `the finding ${shown} is over: the program is where it belongs` : `no finding has the id ${shown}`;
}
