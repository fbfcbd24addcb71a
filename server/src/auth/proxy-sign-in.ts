import type { IncomingMessage } from 'node:http';
import type { NetworkList } from '../net/addresses.ts';
import { Refusal } from '../refusal.ts';
import type { Caller } from './access.ts';

/** How a proxy tells who it signed in. */
export interface ProxySignInOptions {
  /** Whose word counts: the other ends of connections, not addresses that were forwarded. */
  readonly trusted: NetworkList;
  /** Header with the person's name, in lower case; null: people sign in by tokens only. */
  readonly userHeader: string | null;
  /** Header with the groups the person is in, separated by commas; in lower case. */
  readonly groupHeader: string | null;
  /** Its members are admins, all others may read; null: nobody is admin this way. */
  readonly adminGroup: string | null;
}

const MAX_NAME_LENGTH = 256;

/** People whom the company's own sign-in let through, as a trusted proxy in front of the server tells. */
export class ProxySignIn {
  constructor(private readonly options: ProxySignInOptions) {}

  get isConfigured(): boolean {
    return this.options.userHeader !== null;
  }

  /** Null: nobody was signed in, or it is not for the sender to say. Refuses what a proxy in order does not send. */
  callerOf(request: Pick<IncomingMessage, 'headersDistinct' | 'socket'>): Caller | null {
    const { userHeader, trusted } = this.options;
    const names = userHeader === null ? undefined : request.headersDistinct[userHeader];
    if (userHeader === null || names === undefined || !trusted.has(request.socket.remoteAddress ?? '')) return null;
    const [name = '', ...others] = names.map((text) => utf8(text).trim());
    // The proxy added its header to one that the client sent, instead of replacing it.
    if (others.length > 0) throw ambiguous(userHeader);
    if (name === '') return null;
    if (name.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(name)) throw ambiguous(userHeader);
    return { role: this.isAdmin(request) ? 'admin' : 'read', name, expiresAt: null };
  }

  private isAdmin({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): boolean {
    const { groupHeader, adminGroup } = this.options;
    if (groupHeader === null || adminGroup === null) return false;
    const lists = headersDistinct[groupHeader] ?? [];
    if (lists.length > 1) throw ambiguous(groupHeader);
    return lists.some((list) =>
      utf8(list)
        .split(',')
        .some((group) => group.trim() === adminGroup),
    );
  }
}

function ambiguous(header: string): Refusal {
  return new Refusal(401, 'ambiguous-sign-in', `expected one ${header} header with one name`, {
    hint: 'the proxy must remove this header from what clients send before it sets its own',
  });
}

/** Node reads a header's bytes as Latin-1. */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
