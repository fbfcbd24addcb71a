import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import type { Log } from '../log.ts';
import { StartFault } from '../refusal.ts';

export interface TlsFiles {
  /** The server's certificate, then those between it and a known authority. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** A renewed certificate is in use after at most this long. */
const LOOK_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
const WARN_DAYS_BEFORE = 14;

interface PairOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** What a server is made with. */
export interface ServerTls extends PairOptions {
  readonly handshakeTimeout: number;
}

interface Loaded {
  readonly options: PairOptions;
  readonly certificate: X509Certificate;
}

interface TlsConfig {
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
}

/** Null: TLS is for a proxy in front, or for nobody. */
export function tlsFilesOf({ tlsCertFile: certFile, tlsKeyFile: keyFile }: TlsConfig): TlsFiles | null {
  return certFile !== null && keyFile !== null ? { certFile, keyFile } : null;
}

/** Throws a StartFault when there are files and they cannot be used. */
export function checkTls(config: TlsConfig): void {
  const files = tlsFilesOf(config);
  if (files) tlsOptions(files);
}

/** What a server begins with. Throws a StartFault when the files cannot be used. */
export function tlsOptions(files: TlsFiles): ServerTls {
  try {
    // Who does not finish the handshake by then is no agent and no browser.
    return { ...load(files).options, handshakeTimeout: 10_000 };
  } catch (cause) {
    throw new StartFault(2, `cannot use --tls-cert-file and --tls-key-file: ${(cause as Error).message}`, cause);
  }
}

/** Throws, saying which file is at fault. */
function load({ certFile, keyFile }: TlsFiles): Loaded {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
  const certificate = orThrow(() => new X509Certificate(cert), `${certFile} holds no certificate in PEM form`);
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  orThrow(() => createSecureContext(options), `${keyFile} holds no key in PEM form that fits ${certFile}`);
  return { options, certificate };
}

function orThrow<T>(work: () => T, message: string): T {
  try {
    return work();
  } catch (cause) {
    throw new Error(`${message} (${(cause as Error).message})`, { cause });
  }
}

/** New connections use what the files hold then; a pair that cannot be used is told in the log, and the former one stays. */
export function followTlsFiles(server: HttpServer, files: TlsFiles, log: Log, lookEveryMs = LOOK_EVERY_MS): void {
  let used = versionOf(files);
  tellExpiry(load(files), log);
  const look = (): void => {
    const version = versionOf(files);
    if (version === used) return;
    used = version;
    try {
      const loaded = load(files);
      if (server instanceof TlsServer) server.setSecureContext(loaded.options);
      log.info({ certFile: files.certFile }, 'the TLS certificate was read again');
      tellExpiry(loaded, log);
    } catch (cause) {
      log.error({ cause: (cause as Error).message }, 'the new TLS files cannot be used; the former ones stay in use');
    }
  };
  const timer = setInterval(look, lookEveryMs).unref();
  server.once('close', () => {
    clearInterval(timer);
  });
}

function tellExpiry({ certificate }: Loaded, log: Log): void {
  const { validToDate } = certificate;
  const days = Math.floor((validToDate.getTime() - Date.now()) / DAY_MS);
  if (days >= WARN_DAYS_BEFORE) return;
  const state = days < 0 ? 'has expired' : 'expires soon';
  log.warn(
    { expiresAt: validToDate.toISOString() },
    `the TLS certificate ${state}: renew it, the server reads it again`,
  );
}

/** Of both files; while one is missing it is being replaced. */
function versionOf({ certFile, keyFile }: TlsFiles): string {
  return [certFile, keyFile].map(fileVersion).join(' ');
}

function fileVersion(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.dev}-${stats.ino}-${stats.size}-${stats.mtimeNs}-${stats.ctimeNs}` : 'missing';
}
