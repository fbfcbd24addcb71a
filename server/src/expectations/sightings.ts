import { isIP } from 'node:net';
import type { Finding, Holder } from '@portlight/agent/contract';
import type { KeptFleetHome, Sighting } from '../store/expectation-store.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { KeptListener } from '../store/store.ts';

/** A sighting is written again when it is a day older, not at each look. */
const DAY_MS = 86_400_000;

/** What is declared needs no time to prove itself. */
const DECLARED = 0;

/** A place with who holds it. */
interface Held {
  readonly listener: KeptListener;
  readonly holder: Holder;
}

/**
 * Where a machine's programs are: of those without an open finding as it is now, of the others and of those that do not run
 * as it was seen before. Host namespace, TCP, no ephemeral ports.
 */
export function sightingsOf(
  machine: JudgedMachine,
  before: readonly Sighting[],
  homesOf: (programKey: string) => readonly KeptFleetHome[],
): readonly Sighting[] {
  const troubled = new Set(machine.findings.map(({ programKey }: Finding) => programKey));
  const held = heldPlaces(machine);
  const healthy = Map.groupBy(
    held.filter(({ holder }) => !troubled.has(holder.programKey)),
    ({ holder }) => holder.programKey,
  );
  const kept = before.filter(({ programKey }) => !healthy.has(programKey));
  const seenAt = machine.seen?.at ?? machine.host.firstSeenAt;
  const seen = [...healthy].flatMap(([programKey, places]) => {
    const isContested = isElsewhere(programKey, places, held, homesOf(programKey));
    return places.map((place) => sighting(place, { machine, before, seenAt, isContested }));
  });
  return [...kept, ...new Map(seen.map((one) => [keyOf(one), one])).values()];
}

/** By what can be named: an agent takes no other home. */
function heldPlaces({ listeners, processes, host }: JudgedMachine): readonly Held[] {
  const [first, last] = host.kernel.ephemeralPorts ?? [Infinity, -Infinity];
  return listeners
    .filter(({ protocol, isHostNamespace }) => protocol === 'tcp' && isHostNamespace)
    .filter(({ port, address }) => (port < first || port > last) && isIP(address) !== 0)
    .flatMap((listener) => {
      const holder = processes.get(listener.holders[0] ?? -1);
      return holder?.programKey ? [{ listener, holder }] : [];
    });
}

/** None of the fleet's homes of the program is its own here, and another program has one of them: it did not move in peace. */
function isElsewhere(
  programKey: string,
  places: readonly Held[],
  held: readonly Held[],
  homes: readonly KeptFleetHome[],
): boolean {
  const isOn = (of: readonly Held[]) => homes.some((home) => of.some(({ listener }) => listener.port === home.port));
  return !isOn(places) && isOn(held.filter(({ holder }) => holder.programKey !== programKey));
}

interface Look {
  readonly machine: JudgedMachine;
  readonly before: readonly Sighting[];
  readonly seenAt: number;
  readonly isContested: boolean;
}

function sighting({ listener, holder }: Held, { machine, before, seenAt, isContested }: Look): Sighting {
  const { address, port } = listener;
  const { programKey, program } = holder;
  const named = { programKey, program, address, port };
  const known = before.find((one) => keyOf(one) === keyOf(named));
  const peacefulSince = isContested ? seenAt : Math.min(steadySinceOf(known) ?? openedAtOf(listener, machine), seenAt);
  return {
    ...named,
    steadySince: listener.service === null ? peacefulSince : DECLARED,
    seenAt: known && seenAt - known.seenAt < DAY_MS ? known.seenAt : seenAt,
  };
}

/** Null for what was declared then: it is no more. */
function steadySinceOf(known: Sighting | undefined): number | null {
  return known === undefined || known.steadySince === DECLARED ? null : known.steadySince;
}

/** What is older than the agent is at least as old. */
function openedAtOf({ openedAt }: KeptListener, { host }: JudgedMachine): number {
  return Date.parse(openedAt ?? host.agent.startedAt);
}

function keyOf({ programKey, address, port }: Pick<Sighting, 'programKey' | 'address' | 'port'>): string {
  return JSON.stringify([programKey, address, port]);
}
