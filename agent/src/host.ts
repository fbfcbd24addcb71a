/** Who this machine is: what /proc does not tell. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

export interface HostId {
  readonly id: string;
  /** Why it will be another one at the next start; null when it is kept. */
  readonly trouble: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function keptId(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return UUID.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** Random, made at the first start and kept in the state directory. */
export function hostId(stateDir: string): HostId {
  const file = join(stateDir, 'host-id');
  const kept = keptId(file);
  if (kept !== null) return { id: kept, trouble: null };
  const id = randomUUID();
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${id}\n`, { mode: 0o600, flush: true });
    return { id, trouble: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      id,
      trouble: `nothing can be kept in ${stateDir} (${why}): after a restart this is a new host; give a writable --state-dir`,
    };
  }
}

const isLinkLocal = (address: string) => address.startsWith('fe80:') || address.startsWith('169.254.');

/** Addresses of the interfaces, without loopback and link-local ones; empty when they may not be read. */
export function hostAddresses(): string[] {
  try {
    const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
    return all.filter(({ internal, address }) => !internal && !isLinkLocal(address)).map(({ address }) => address);
  } catch {
    return [];
  }
}
