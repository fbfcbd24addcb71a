import { auditRecord } from '../audit/audit-record.ts';
import type { Audit } from '../audit/audit.ts';
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

/** People that a proxy signs in show that with each request: one sign-in is told of in this time. */
const PROXY_SIGN_IN_MS = 12 * 3_600_000;
/** Of those remembered; beyond it the oldest are told of again. */
const MAX_PROXY_SIGN_INS = 10_000;

/** Signing in and out on the pages. */
export class SignIn {
  /** By person and role, when it was told last. */
  private readonly byProxy = new Map<string, number>();

  constructor(
    private readonly access: Access,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly audit: Audit,
    private readonly options: SignInOptions,
  ) {}

  show({ caller }: Asked): SessionView {
    return this.view(caller ?? OPEN);
  }

  async signIn(request: Asked, response: Answer): Promise<SessionView> {
    const { token } = parseCredentials(await readJson(request));
    if (this.access.isOpen) return this.view(OPEN);
    const known = this.access.find(token);
    const address = peerOf(request);
    if (!known) throw this.attempts.refusal(address, UNKNOWN_TOKEN);
    const { caller, cookie } = this.sessions.create(known);
    await this.note(caller, address, '');
    response.cookie(SESSION_COOKIE, cookie, { ...this.cookieOptions(), expires: new Date(caller.expiresAt ?? 0) });
    return this.view(caller);
  }

  /** Someone came whom a proxy signed in. */
  noteProxySignIn(caller: Caller, address: string): void {
    const key = `${caller.role} ${caller.name ?? ''}`;
    const now = this.options.now();
    if (now - (this.byProxy.get(key) ?? -Infinity) < PROXY_SIGN_IN_MS) return;
    this.byProxy.delete(key);
    this.byProxy.set(key, now);
    const [oldest] = this.byProxy.keys();
    if (this.byProxy.size > MAX_PROXY_SIGN_INS && oldest !== undefined) this.byProxy.delete(oldest);
    void this.note(caller, address, ', by the proxy');
  }

  signOut(response: Answer): void {
    response.clearCookie(SESSION_COOKIE, this.cookieOptions());
  }

  private async note({ role, name }: Caller, address: string, how: string): Promise<void> {
    const by = name ?? 'a token without a name';
    const detail = `role ${role}${how}`;
    await this.audit.add(auditRecord({ at: this.options.now(), action: 'signed-in', by, address, detail }));
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

const UNKNOWN_TOKEN = {
  kind: 'sign-in',
  code: 'unknown-token',
  message: 'the token is not valid',
  hint: 'ask an administrator for a valid one',
} as const;

/** Without tokens everyone on this machine is admin. */
const OPEN: Caller = { role: 'admin', name: null, expiresAt: null };

function parseCredentials(body: unknown): Credentials {
  const faults = credentialsRule(body);
  if (faults) throw refusedBody(faults);
  return body as Credentials;
}
