import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { bearerOf, cookieOf, peerOf, type Asked } from '../http/exchange.ts';
import { Refusal } from '../refusal.ts';
import { Access, type Caller, type Role } from './access.ts';
import { Attempts } from './attempts.ts';
import { ProxySignIn } from './proxy-sign-in.ts';
import { SESSION_COOKIE, Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';

const ROLE = 'role';

/** Who may ask: `read` (and admin), `admin` only, or `anyone`, also without a token. */
export const Needs = (role: Role | 'anyone'): MethodDecorator & ClassDecorator => SetMetadata(ROLE, role);

/** Finds out who asks and whether they may. What names no role needs `read`. */
@Injectable()
export class AuthGuard implements CanActivate {
  /** What each route needs; looking it up costs a push more than its token. */
  private readonly needs = new Map<unknown, Role | 'anyone'>();

  constructor(
    private readonly reflector: Reflector,
    private readonly access: Access,
    private readonly sessions: Sessions,
    private readonly proxy: ProxySignIn,
    private readonly signIn: SignIn,
    private readonly attempts: Attempts,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const needed = this.needs.get(context.getHandler()) ?? this.lookUp(context);
    if (needed === 'anyone') return true;
    const request = context.switchToHttp().getRequest<Asked>();
    request.caller = this.callerOf(request);
    if (needed === 'read' || request.caller.role === 'admin') return true;
    throw new Refusal(403, 'admin-needed', 'expected the admin role', {
      hint: 'use a token of --admin-token-file, or sign in as a member of --admin-group',
    });
  }

  private lookUp(context: ExecutionContext): Role | 'anyone' {
    const targets = [context.getHandler(), context.getClass()];
    const needed = this.reflector.getAllAndOverride<Role | 'anyone' | undefined>(ROLE, targets) ?? 'read';
    this.needs.set(context.getHandler(), needed);
    return needed;
  }

  private callerOf(request: Asked): Caller {
    if (this.access.isOpen) return { role: 'admin', name: null, expiresAt: null };
    const secret = bearerOf(request);
    const known = secret === null ? null : this.access.find(secret);
    if (known) return { role: known.role, name: known.token.name, expiresAt: known.token.expiresAt };
    const cookie = cookieOf(request, SESSION_COOKIE);
    const signedIn = cookie === null ? null : this.sessions.verify(cookie);
    return signedIn ?? this.byProxy(request) ?? this.refuse(request, secret);
  }

  private byProxy(request: Asked): Caller | null {
    const caller = this.proxy.callerOf(request);
    if (caller) this.signIn.noteProxySignIn(caller, peerOf(request));
    return caller;
  }

  private refuse(request: Asked, secret: string | null): never {
    const hint =
      'sign in on the page, or send Authorization: Bearer with a token of --read-token-file or --admin-token-file';
    if (secret === null) throw new Refusal(401, 'token-needed', 'expected a token', { hint });
    const failed = { kind: 'sign-in', code: 'unknown-token', message: 'the token is not valid', hint } as const;
    throw this.attempts.refusal(peerOf(request), failed);
  }
}
