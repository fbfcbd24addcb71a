/** One process holds ever more ports, or many that nobody gave it: the rule. */
import { type FindingOf, type Severity } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { type Around } from './finding.ts';
import { leakFinding } from './leak-finding.ts';
import { type Instance, type Program } from './programs.ts';
import { isAtPlace } from './services.ts';
import { type Stay } from './stays.ts';
import { isTold } from './told-place.ts';

/** Programs that open ports for others: how many is for their configuration to say, or for whoever they serve. */
export const FRONT_PROXIES: ReadonlySet<string> = new Set(
  ['haproxy', 'nginx', 'openresty', 'apache2', 'httpd', 'caddy', 'traefik', 'envoy', 'varnishd', 'squid'].concat(
    ['pound', 'stunnel', 'stunnel4', 'sslh', 'socat', 'gobetween', 'frps', 'frpc', 'chisel', 'xinetd', 'inetd'],
    ['dockerd', 'docker-proxy', 'kube-proxy', 'cilium-agent', 'cilium-envoy', 'pilot-agent', 'k3s', 'k3s-server'],
  ),
);

/** So many ports of one process are too many, if nobody gave them to it. */
const LEAST = 10;
/** Farther apart, two ports have nothing to do with each other. */
const LONGEST_GAP = 10;
/** It grows in each third of this time. */
const WATCHED_MS = 600_000;
const THIRDS = 3;

export interface Leak {
  readonly instance: Instance;
  readonly severity: Severity;
  /** Of what it holds, the sockets whose ports nobody gave it, by port: the adjoining ones, or all where it grows. */
  readonly stays: readonly Stay[];
  /** How many such ports it held at each third of the last ten minutes, and holds now; empty where that is no growth. */
  readonly counts: readonly number[];
  /** The time from count to count, in milliseconds. */
  readonly thirdMs: number;
}

/** The worst of a program's processes speaks for it. */
export function leaks(around: Around): readonly FindingOf<'leak'>[] {
  const suspects = around.program.instances.filter(
    ({ stays, holder }) => stays.length >= LEAST && !FRONT_PROXIES.has(holder.program),
  );
  if (suspects.length === 0) return [];
  const isNobodys = nobodys(around);
  const found = suspects.flatMap((instance) => leakOf(instance, isNobodys, around));
  const [worst] = found.toSorted((a, b) => b.counts.length - a.counts.length || b.stays.length - a.stays.length);
  return worst === undefined ? [] : [leakFinding(worst, around)];
}

function leakOf(instance: Instance, isNobodys: (stay: Stay) => boolean, around: Around): readonly Leak[] {
  const { program, now } = around;
  const stays = instance.stays.filter(isNobodys);
  if (portsOf(stays).length < LEAST) return [];
  const isOld = now - instance.startedAt >= WATCHED_MS;
  const counts = isOld ? growthOf(everHeldBy(instance, program).filter(isNobodys), now) : [];
  const thirdMs = WATCHED_MS / THIRDS;
  if (counts.length > 0) return [{ instance, severity: 'warning', stays, counts, thirdMs }];
  const run = longestRun(portsOf(stays));
  if (run.length < LEAST) return [];
  const adjoining = stays.filter(({ listener }) => run.includes(listener.port));
  return [{ instance, severity: 'notice', stays: adjoining, counts, thirdMs }];
}

/** Tells ports that are not told, not declared, and were not held by the program before this boot. */
function nobodys({ facts, snapshot }: Around): (stay: Stay) => boolean {
  const bootedAt = Date.parse(snapshot.host.bootedAt ?? '');
  // Of a boot at an unknown time nothing was before it: the comparison is false.
  const known = new Set(facts.learned.filter(({ since }) => since < bootedAt).map(({ port }) => port));
  return ({ holder, listener }) =>
    !known.has(listener.port) &&
    !isTold(holder, listener.port) &&
    !facts.expectations.some((expectation) => isAtPlace(listener, expectation));
}

/** Each once, ascending. */
export function portsOf(stays: readonly Stay[]): readonly number[] {
  return [...new Set(stays.map(({ listener }) => listener.port))].sort((a, b) => a - b);
}

/** Of ports that adjoin; the lowest of several such. */
function longestRun(ports: readonly number[]): readonly number[] {
  let longest: readonly number[] = [];
  let run: readonly number[] = [];
  for (const port of ports) {
    run = port - (run.at(-1) ?? -Infinity) <= LONGEST_GAP ? [...run, port] : [port];
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

/** Ports it held at the ends of three thirds; empty unless it holds more at each, and those of each third are still open. */
function growthOf(stays: readonly Stay[], now: number): readonly number[] {
  const times = Array.from({ length: THIRDS + 1 }, (_, at) => now - WATCHED_MS + (at * WATCHED_MS) / THIRDS);
  const counts = times.map((time) => heldAt(stays, time));
  const later = counts.slice(1);
  const isEach = later.every((count, at) => {
    const [from = 0, to = 0] = times.slice(at, at + 2);
    const isOpened = stays.some(({ since, endedAt }) => since > from && since <= to && endedAt === null);
    return count > (counts[at] ?? 0) && isOpened;
  });
  return isEach ? counts : [];
}

function everHeldBy({ key, stays }: Instance, { past }: Program): readonly Stay[] {
  return [...past.filter(({ holder }) => holderKey(holder) === key), ...stays];
}

function heldAt(stays: readonly Stay[], time: number): number {
  return portsOf(stays.filter(({ since, endedAt }) => since <= time && (endedAt ?? Infinity) > time)).length;
}
