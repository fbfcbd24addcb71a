import type { Enrolment, EnrolmentAnswer } from '@portlight/agent/contract';
import type { Access } from '../auth/access.ts';
import type { Attempts } from '../auth/attempts.ts';
import { Refusal } from '../refusal.ts';
import { StoreFault } from '../store/store-fault.ts';
import type { Store } from '../store/store.ts';
import { enrolAll, type Applicant, type Outcome } from './enrolling.ts';
import { GroupCommit } from './group-commit.ts';
import { readHostToken } from './host-token.ts';
import type { TokenBook } from './token-book.ts';

/** A machine that waits is told to come back after this; an approval lasts longer. */
const APPROVAL_ASKED_EVERY_S = 60;

/** A new fleet comes all at once. */
const ENROLLED_AT_ONCE = 500;

/** Gives machines their tokens and knows them by them. */
export class Enrolments {
  private readonly commits: GroupCommit<Applicant, Outcome>;

  constructor(
    store: Store,
    private readonly book: TokenBook,
    private readonly access: Access,
    private readonly attempts: Attempts,
    private readonly now: () => number,
  ) {
    this.commits = new GroupCommit(
      (batch) => store.commit((writer) => enrolAll(writer, batch, (token) => book.hasShown(token))),
      (cause) => cause instanceof StoreFault,
      ENROLLED_AT_ONCE,
    );
  }

  /** A new token for the machine, by an enrolment token, or by its own when it wants another one. */
  async enroll({ host }: Enrolment, secret: string | null, address: string): Promise<EnrolmentAnswer> {
    const applicant = this.applicantOf(host, secret, address);
    const { isOpen, enroller, ownHash } = applicant;
    const isStranger = !isOpen && enroller === null && ownHash === null;
    const outcome: Outcome = isStranger ? { kind: 'stranger' } : await this.commits.add(applicant);
    if (outcome.kind === 'waits') throw waits(host.id);
    if (outcome.kind === 'stranger') throw this.strangerRefusal(address);
    this.book.forget([host.id]);
    return { hostId: host.id, token: outcome.token };
  }

  /** Learns, when it is time, what other instances ended. */
  keepUp(): void {
    this.book.keepUp();
  }

  /** The machine whose token this is, without a look at the store; null: ask {@link hostOf}. */
  rememberedHost(secret: string): string | null {
    return this.book.rememberedHost(secret);
  }

  /** The machine whose token this is. */
  async hostOf(secret: string | null): Promise<string> {
    const host = secret === null ? null : await this.book.hostOf(secret);
    if (host !== null) return host;
    // Always 401, however many come from one address: a fleet whose server lost its store enrols anew because of it, and 256
    // bits are not guessed.
    throw new Refusal(401, 'unknown-host-token', 'expected the token this machine got when it enrolled', {
      hint: 'enrol by POST /api/v1/enroll with an enrolment token',
    });
  }

  /** Tokens of removed machines are no longer good. */
  forget(hostIds: readonly string[]): void {
    this.book.forget(hostIds);
  }

  private applicantOf(host: Enrolment['host'], secret: string | null, address: string): Applicant {
    const shown = secret === null ? null : readHostToken(secret);
    const enroller = secret === null || this.access.isOpenToAgents ? null : this.access.enroller(secret);
    return {
      hostId: host.id,
      name: host.name,
      ownHash: shown?.hostId === host.id ? shown.hash : null,
      enroller: enroller && (enroller.name ?? 'an enrolment token without a name'),
      isOpen: this.access.isOpenToAgents,
      address,
      at: this.now(),
    };
  }

  private strangerRefusal(address: string): Refusal {
    return this.attempts.refusal(address, {
      kind: 'enrolment',
      code: 'unknown-enroll-token',
      message: 'expected a valid enrolment token as Authorization: Bearer',
      hint: 'give the agent --enroll-token-file with a token of the server’s --enroll-token-file',
    });
  }
}

function waits(hostId: string): Refusal {
  return new Refusal(409, 'host-known', 'this host id has a token already: an admin must approve another one', {
    hint: `an admin approves it by POST /api/v1/tokens/${hostId}/approve; or present its token; or give the machine a new id by emptying its agent’s state directory`,
    retryAfterSeconds: APPROVAL_ASKED_EVERY_S,
  });
}
