import { peerOf, type Answer, type Asked } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { stamp } from '../stamp.ts';
import { record, text } from '../validation/rule.ts';
import { refusedBody } from '../validation/validate.ts';
import type { SessionView } from '../views.ts';
import { Access, type Caller } from './access.ts';
import { Attempts } from './attempts.ts';
import { SESSION_COOKIE, Sessions } from './sessions.ts';

/** Body of POST /api/v1/session. */
interface Credentials {
  readonly token: string;
}

const credentialsRule = record<Credentials>({ token: text(4_096, 1) });

interface SignInOptions {
  readonly now: () => number;
  /** The pages are reached over TLS only. */
  readonly isSecure: boolean;
}

/** Signing in and out on the pages. */
export class SignIn {
  constructor(
    private readonly access: Access,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly options: SignInOptions,
  ) {}

  show({ caller }: Asked): SessionView {
    return this.view(caller ?? OPEN);
  }

  async signIn(request: Asked, response: Answer): Promise<SessionView> {
    const { token } = parseCredentials(await readJson(request));
    if (this.access.isOpen) return this.view(OPEN);
    const known = this.access.find(token);
    if (!known)
      throw this.attempts.refusal(
        peerOf(request),
        'unknown-token',
        'the token is not valid',
        'ask an administrator for a valid one',
      );
    const { caller, cookie } = this.sessions.create(known);
    response.cookie(SESSION_COOKIE, cookie, { ...this.cookieOptions(), expires: new Date(caller.expiresAt ?? 0) });
    return this.view(caller);
  }

  signOut(response: Answer): void {
    response.clearCookie(SESSION_COOKIE, this.cookieOptions());
  }

  private cookieOptions() {
    return { httpOnly: true, sameSite: 'strict', secure: this.options.isSecure, path: '/' } as const;
  }

  private view({ role, name, expiresAt }: Caller): SessionView {
    return {
      role,
      name,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      ...stamp(this.options.now()),
    };
  }
}

/** Without tokens everyone on this machine is admin. */
const OPEN: Caller = { role: 'admin', name: null, expiresAt: null };

function parseCredentials(body: unknown): Credentials {
  const faults = credentialsRule(body);
  if (faults) throw refusedBody(faults);
  return body as Credentials;
}
