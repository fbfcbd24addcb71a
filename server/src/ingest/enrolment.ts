import { randomBytes } from 'node:crypto';
import type { Enrolment, EnrolmentAnswer } from '@portlight/agent/contract';
import type { Access } from '../auth/access.ts';
import type { Attempts } from '../auth/attempts.ts';
import { hashOf } from '../auth/token-file.ts';
import { Refusal } from '../refusal.ts';
import type { Store } from '../store/store.ts';

/** Machines remembered by their token; beyond it the store is asked. */
const TOKENS_REMEMBERED = 200_000;

/** Gives machines their tokens and knows them by them. */
export class Enrolments {
  private readonly hosts = new Map<string, string>();

  constructor(
    private readonly store: Store,
    private readonly access: Access,
    private readonly attempts: Attempts,
    private readonly now: () => number,
  ) {}

  /** A new token for the machine, by an enrolment token, or by its own when it wants another one. */
  async enroll({ host }: Enrolment, secret: string | null, address: string): Promise<EnrolmentAnswer> {
    const oldHash = await this.store.reader.tokenHashOf(host.id);
    const isItself = secret !== null && oldHash !== null && hashOf(secret).toString('hex') === oldHash;
    if (!isItself) this.refuseStranger(secret, address, oldHash !== null);
    const token = randomBytes(32).toString('base64url');
    const tokenHash = hashOf(token).toString('hex');
    await this.store.commit((writer) => writer.saveToken(host.id, tokenHash, this.now()));
    if (oldHash !== null) this.hosts.delete(oldHash);
    return { hostId: host.id, token };
  }

  /** The machine whose token this is. */
  async hostOf(secret: string | null, address: string): Promise<string> {
    const hash = secret === null ? '' : hashOf(secret).toString('hex');
    const host = this.hosts.get(hash) ?? (await this.store.reader.hostOfToken(hash));
    if (host === null) {
      throw this.attempts.refusal(
        address,
        'unknown-host-token',
        'expected the token this machine got when it enrolled',
        'enrol by POST /api/v1/enroll with an enrolment token',
      );
    }
    this.remember(hash, host);
    return host;
  }

  /** Tokens of removed machines are no longer good. */
  forget(hostIds: readonly string[]): void {
    const gone = new Set(hostIds);
    for (const [hash, host] of this.hosts) if (gone.has(host)) this.hosts.delete(hash);
  }

  private remember(hash: string, host: string): void {
    if (this.hosts.size >= TOKENS_REMEMBERED) this.hosts.clear();
    this.hosts.set(hash, host);
  }

  private refuseStranger(secret: string | null, address: string, isKnownHost: boolean): void {
    if (this.access.isOpenToAgents) return;
    if (secret === null || !this.access.mayEnroll(secret)) {
      throw this.attempts.refusal(
        address,
        'unknown-enroll-token',
        'expected a valid enrolment token as Authorization: Bearer',
        'give the agent --enroll-token-file with a token of the server’s --enroll-token-file',
      );
    }
    if (!isKnownHost) return;
    throw new Refusal(409, 'host-known', 'this host id has a token already', {
      hint: 'present that token to get another one, or give the machine a new id by emptying its agent’s state directory',
    });
  }
}
