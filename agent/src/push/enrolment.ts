import type { Enrolment, EnrolmentAnswer, Host } from '../contract.ts';
import type { Log } from '../log.ts';
import type { Aggregator, Reply } from './aggregator.ts';
import { readHostToken, readTokenFile, writeHostToken } from './host-token.ts';

export interface EnrolmentOptions {
  readonly server: URL;
  /** Where the host token is kept. */
  readonly tokenFile: string;
  readonly enrollTokenFile: string | null;
  readonly log: Log;
}

function tokenIn(body: unknown): string | null {
  const { token } = (body ?? {}) as Partial<EnrolmentAnswer>;
  return typeof token === 'string' && /^[\w.~+/=-]{16,512}$/.test(token) ? token : null;
}

/** Holds this host's token for one aggregator, and gets one where there is none. */
export class HostTokens {
  readonly #options: EnrolmentOptions;
  #token: string | null;

  constructor(options: EnrolmentOptions) {
    this.#options = options;
    this.#token = readHostToken(options.tokenFile, options.server);
  }

  /** Null: none yet; an aggregator without tokens needs none. */
  get current(): string | null {
    return this.#token;
  }

  get mayEnrol(): boolean {
    return this.#options.enrollTokenFile !== null;
  }

  /** Asks for a token with the enrolment token, read anew each time; the reply says how it went. */
  async enrol(aggregator: Aggregator, host: Pick<Host, 'id' | 'name'>): Promise<Reply> {
    const body: Enrolment = { host: { id: host.id, name: host.name } };
    const reply = await aggregator.post('/api/v1/enroll', body, this.#enrolmentToken());
    const token = reply.kind === 'ok' ? tokenIn(reply.body) : null;
    if (token !== null) this.#keep(token);
    return reply;
  }

  #enrolmentToken(): string | null {
    const { enrollTokenFile, log } = this.#options;
    if (enrollTokenFile === null) return null;
    try {
      return readTokenFile(enrollTokenFile);
    } catch (error) {
      log.error('cannot read --enroll-token-file', { file: enrollTokenFile, error: String(error) });
      return null;
    }
  }

  #keep(token: string): void {
    const { tokenFile, server, log } = this.#options;
    this.#token = token;
    try {
      writeHostToken(tokenFile, token, server);
      log.info('enrolled', { server: server.origin, tokenFile });
    } catch (error) {
      log.error('enrolled, but the host token cannot be kept: after a restart an admin must approve this host again', {
        tokenFile,
        error: String(error),
      });
    }
  }
}
