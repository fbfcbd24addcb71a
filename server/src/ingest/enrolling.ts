import { auditRecord } from '../audit/audit-record.ts';
import type { AuditRecord, EndedToken, HostToken, UsedHostToken } from '../store/access-store.ts';
import type { StoreWriter } from '../store/store.ts';
import { isSameHash, makeHostToken } from './host-token.ts';
import { isGood } from './token-book.ts';

/** Whose answer with a token got lost may ask again for this long. */
const LOST_ANSWER_MS = 3_600_000;
/** How often one that waits is noted. */
const ASKED_AGAIN_MS = 60_000;

/** A machine that wants a token. */
export interface Applicant {
  readonly hostId: string;
  readonly name: string;
  /** Of the token of its own that it showed; null: it showed none. */
  readonly ownHash: string | null;
  /** By which enrolment token it may get one, for people; null: it showed none. */
  readonly enroller: string | null;
  readonly isOpen: boolean;
  readonly address: string;
  readonly at: number;
}

export type Outcome =
  | { readonly kind: 'given'; readonly token: string }
  /** It shows nothing that counts. */
  | { readonly kind: 'stranger' }
  /** The machine is known: an admin must approve it. */
  | { readonly kind: 'waits' };

/** Why a machine gets a token. */
type Grounds = 'itself' | 'open' | 'new' | 'approved' | 'lost-answer';

interface Written {
  readonly saved: Map<string, HostToken>;
  readonly ended: EndedToken[];
  readonly audit: AuditRecord[];
}

/** Decides on machines that came together, and writes what follows. `hasShown` tells whether a machine used its token. */
export async function enrolAll(
  writer: StoreWriter,
  applicants: readonly Applicant[],
  hasShown: (token: UsedHostToken) => boolean,
): Promise<readonly Outcome[]> {
  const hostIds = [...new Set(applicants.map(({ hostId }) => hostId))];
  const kept = new Map((await writer.hostTokens(hostIds)).map((token) => [token.hostId, token]));
  const written: Written = { saved: new Map(), ended: [], audit: [] };
  const outcomes = applicants.map((applicant) => {
    const before = kept.get(applicant.hostId) ?? null;
    const { outcome, after } = enrol(applicant, before, before !== null && hasShown(before), written);
    if (after) {
      written.saved.set(after.hostId, after);
      kept.set(after.hostId, { ...after, seenAt: before?.seenAt ?? null });
    }
    return outcome;
  });
  await writer.saveHostTokens([...written.saved.values()]);
  await writer.endTokens(withoutDoubles(written.ended));
  await writer.addAudit(written.audit);
  return outcomes;
}

interface Enrolled {
  readonly outcome: Outcome;
  /** Null: nothing changes. */
  readonly after: HostToken | null;
}

function enrol(
  applicant: Applicant,
  before: UsedHostToken | null,
  isUsed: boolean,
  { ended, audit }: Written,
): Enrolled {
  const { hostId, name, address, at } = applicant;
  const grounds = groundsFor(applicant, before, isUsed);
  if (grounds === null) return waitOrGo(applicant, before, audit);
  const { token, hash } = makeHostToken(hostId);
  if (before) ended.push({ hostId, hash: before.hash, at });
  const by = byOf(grounds, applicant);
  audit.push(auditRecord({ at, action: 'enrolled', by, address, hostId, detail: DETAILS[grounds] }));
  const times = { createdAt: at, createdFrom: address, revokedAt: null };
  const after = { hostId, name, hash, ...times, askedAt: null, askedFrom: null, approvedUntil: null };
  return { outcome: { kind: 'given', token }, after };
}

const DETAILS: Readonly<Record<Grounds, string>> = {
  itself: 'by its token, which ended with that',
  open: 'while machines need no token',
  new: '',
  approved: 'as approved; its former token ended with that',
  'lost-answer': 'again: its former token was never used, and ended with that',
};

function byOf(grounds: Grounds, { enroller }: Applicant): string {
  if (grounds === 'itself') return 'itself';
  return enroller ?? 'local';
}

/** Null: none. */
function groundsFor(applicant: Applicant, before: UsedHostToken | null, isUsed: boolean): Grounds | null {
  if (applicant.isOpen) return 'open';
  const isItself = before && isGood(before) && applicant.ownHash !== null && isSameHash(before.hash, applicant.ownHash);
  if (isItself) return 'itself';
  if (applicant.enroller === null) return null;
  if (!before) return 'new';
  if (before.approvedUntil !== null && applicant.at < before.approvedUntil) return 'approved';
  return isLostAnswer(applicant, before, isUsed) ? 'lost-answer' : null;
}

/** A token that nobody ever showed protects nothing yet: the machine did not get it. */
function isLostAnswer({ address, at }: Applicant, before: UsedHostToken, isUsed: boolean): boolean {
  const isUnused = !isUsed && (before.seenAt === null || before.seenAt < before.createdAt);
  return isUnused && isGood(before) && before.createdFrom === address && at < before.createdAt + LOST_ANSWER_MS;
}

function waitOrGo(applicant: Applicant, before: UsedHostToken | null, audit: AuditRecord[]): Enrolled {
  const { hostId, enroller, address, at } = applicant;
  if (!before || enroller === null) return { outcome: { kind: 'stranger' }, after: null };
  const isNoted = before.askedFrom === address && before.askedAt !== null && at < before.askedAt + ASKED_AGAIN_MS;
  if (isNoted) return { outcome: { kind: 'waits' }, after: null };
  if (before.askedAt === null) {
    const detail = 'it has a token already and did not show it: an admin approves or revokes';
    audit.push(auditRecord({ at, action: 'enrolment-waits', by: enroller, address, hostId, detail }));
  }
  return { outcome: { kind: 'waits' }, after: { ...before, askedAt: at, askedFrom: address } };
}

/** One row for each token; the last word counts. */
function withoutDoubles(ended: readonly EndedToken[]): readonly EndedToken[] {
  return [...new Map(ended.map((one) => [`${one.hostId} ${one.hash ?? ''}`, one])).values()];
}
