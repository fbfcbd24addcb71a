import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { ListenAddress } from '../config.ts';

/** The endpoint cannot listen; the message is for people and says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '');

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'something else listens there already, perhaps another agent (portlight ports tells who); stop it or give another --listen',
  EADDRNOTAVAIL: 'this machine has no such address; give another --listen',
  EACCES: 'this user may not listen there; give another --listen',
};

const shown = (address: ListenAddress) =>
  address.kind === 'unix' ? address.path : `${address.address}:${address.port}`;

function listening(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      address.kind === 'unix' ? { path: address.path } : { host: address.address, port: address.port },
      () => {
        server.off('error', reject);
        resolve();
      },
    );
  });
}

/** Nobody answers on it: left behind by a process that was killed. */
const isLeftBehind = (path: string) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(false));
    probe.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
    probe.once('close', () => probe.destroy());
    probe.once('connect', () => probe.end());
  });

async function listenOrThrow(server: Server, address: ListenAddress): Promise<void> {
  try {
    await listening(server, address);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (address.kind === 'unix' && codeOf(error) === 'EADDRINUSE' && (await isLeftBehind(address.path))) {
      rmSync(address.path);
      return listening(server, address);
    }
    const remedy = REMEDIES[codeOf(error)] ?? 'give another --listen';
    throw new ListenError(`cannot listen on ${shown(address)} (${codeOf(error) || error.message}): ${remedy}`, {
      cause: error,
    });
  }
}

const urlOf = ({ address, family, port }: AddressInfo) =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

/** The URL it listens at, null for a unix socket. Throws {@link ListenError}. */
export async function listen(server: Server, address: ListenAddress): Promise<string | null> {
  await listenOrThrow(server, address);
  const bound = server.address();
  if (address.kind === 'unix') chmodSync(address.path, 0o660);
  return bound !== null && typeof bound === 'object' ? urlOf(bound) : null;
}
