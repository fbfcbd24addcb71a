import { randomBytes } from 'node:crypto';
import { Audit } from '../audit/audit.ts';
import { FailureRecords } from '../audit/failures.ts';
import type { ServerConfig } from '../config.ts';
import { Enrolments } from '../ingest/enrolment.ts';
import { TokenBook } from '../ingest/token-book.ts';
import type { Log } from '../log.ts';
import { NetworkList } from '../net/addresses.ts';
import type { Store } from '../store/store.ts';
import { Access, type TokenFiles } from './access.ts';
import { Attempts } from './attempts.ts';
import { HostTokens } from './host-tokens.ts';
import { ProxySignIn } from './proxy-sign-in.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { TokenFile } from './token-file.ts';

interface Surroundings {
  readonly store: Store;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told which machines another instance forgot. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
}

/** Who may come in, as what, and the record of it. */
export async function accessServices(config: ServerConfig, { store, log, now, onForgotten }: Surroundings) {
  const access = new Access(tokenFiles(config), now);
  const audit = new Audit(store, { now, log });
  const attempts = attemptsOf(audit, now);
  const sessions = new Sessions(await store.commit((writer) => writer.secret('session-key', newKey)), access, now);
  const isSecure = config.tlsCertFile !== null || config.publicUrl?.protocol === 'https:';
  const tokenBook = new TokenBook(store.reader, { now, onForgotten });
  return {
    access,
    audit,
    attempts,
    sessions,
    signIn: new SignIn(access, sessions, attempts, audit, { now, isSecure }),
    proxySignIn: new ProxySignIn({
      trusted: new NetworkList(config.trustedProxies),
      userHeader: config.authHeader,
      groupHeader: config.groupHeader,
      adminGroup: config.adminGroup,
    }),
    tokenBook,
    enrolments: new Enrolments(store, tokenBook, access, attempts, now),
    hostTokens: new HostTokens(store, tokenBook, now),
  };
}

function attemptsOf(audit: Audit, now: () => number): Attempts {
  const records = new FailureRecords(now);
  return new Attempts({
    now,
    onFailure: (failure) => {
      const record = records.recordOf(failure);
      if (record) void audit.add(record);
    },
  });
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

export function tokenFiles({ enrollTokenFile, readTokenFile, adminTokenFile }: ServerConfig): TokenFiles {
  const open = (path: string | null): TokenFile | null => (path === null ? null : new TokenFile(path));
  return { enroll: open(enrollTokenFile), read: open(readTokenFile), admin: open(adminTokenFile) };
}
