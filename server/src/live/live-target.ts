import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback, isNeverATarget, isWildcard, isWithin, plainAddress, type Network } from '../net/addresses.ts';

/** Where one agent may be asked, decided before anything is sent. */
export type LiveTarget =
  | { readonly kind: 'target'; readonly url: URL; readonly address: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface TargetRules {
  /** Where the agent's last full push came from. */
  readonly pushAddress: string | null;
  readonly networks: readonly Network[];
}

/**
 * The advertised endpoint, resolved once: the connection goes to the address that was checked, so a name that changes its
 * mind in between leads nowhere else.
 */
export async function liveTarget(endpoint: string | null, rules: TargetRules): Promise<LiveTarget> {
  const url = endpoint === null ? null : URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol)) return refused('the agent advertises no address to ask it at');
  const address = await resolveOnce(url.hostname.replace(/^\[|\]$/g, ''), rules);
  if (address === null) return refused(`the name ${JSON.stringify(url.hostname)} has no address`);
  const reason = refusedReason(address, rules);
  return reason === null ? { kind: 'target', url: new URL('/ports', url.origin), address } : refused(reason);
}

function refused(reason: string): LiveTarget {
  return { kind: 'refused', reason };
}

/** An agent that listens everywhere is reached where it came from. */
async function resolveOnce(hostname: string, { pushAddress }: TargetRules): Promise<string | null> {
  if (isWildcard(hostname)) return pushAddress;
  if (isIP(hostname) !== 0) return hostname;
  try {
    return (await lookup(hostname)).address;
  } catch {
    // Any failure of the resolver means the same here; the answer says that there is no address.
    return null;
  }
}

/** Null when the address may be asked. */
export function refusedReason(address: string, { pushAddress, networks }: TargetRules): string | null {
  const isWherePushed = pushAddress !== null && plainAddress(address) === plainAddress(pushAddress);
  if (isNeverATarget(address)) return `${address} is never the address of an agent`;
  if (isLoopback(address)) {
    const isOurs = pushAddress !== null && isLoopback(pushAddress);
    return isOurs ? null : `${address} is this server itself, and the agent pushes from ${pushAddress ?? 'elsewhere'}`;
  }
  if (isWherePushed || isWithin(networks, address)) return null;
  return `${address} is neither where the agent pushes from (${pushAddress ?? 'unknown'}) nor within --agent-network`;
}
