import { once } from 'node:events';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Those of `ports` that cannot be opened on loopback now, whoever holds them and whether they listen or not. */
export async function portsNotFree(ports: readonly number[]): Promise<readonly number[]> {
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
}

/** Ports from one claimed base port to the next; the last of them is the claim itself. */
export const CLAIM_LENGTH = 110;
const LOWEST = 10_000;
/** All below the ephemeral range. */
const CLAIMS = 200;

/**
 * A base port with as many free ports above it as any scenario reaches. As long as this process lives, no other one that
 * asks here gets it: the last port of the run is held.
 */
export async function claimBasePort(): Promise<number> {
  const basePort = LOWEST + CLAIM_LENGTH * Math.floor(Math.random() * CLAIMS);
  const ports = Array.from({ length: CLAIM_LENGTH }, (_, offset) => basePort + offset);
  const isClaimed = (await portsNotFree(ports)).length === 0 && (await claim(basePort + CLAIM_LENGTH - 1));
  return isClaimed ? basePort : claimBasePort();
}

async function claim(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: LOOPBACK, exclusive: true }).unref();
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen({ port, host: LOOPBACK, exclusive: true });
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
