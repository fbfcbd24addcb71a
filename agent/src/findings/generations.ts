/** Listening sockets of one program at one address and port, one after the other. */
import { type Program } from './programs.ts';
import { socketKey, type Stay } from './stays.ts';
import { placeText } from './words.ts';

/** A listening socket from its opening to its end. Times are in milliseconds since 1970. */
export interface Generation {
  /** Whoever held it first. */
  readonly stay: Stay;
  readonly since: number;
  /** Null: it is open. */
  readonly endedAt: number | null;
}

/** Of each address and port that a program opened at least so often: the sockets that followed one another up to now. */
export function chainsOf({ instances, past }: Program, least: number): readonly (readonly Generation[])[] {
  const stays = [...past, ...instances.flatMap((instance) => instance.stays)];
  if (stays.length < least) return [];
  return [...Map.groupBy(stays, ({ listener }) => listener.port).values()]
    .filter((ofPort) => ofPort.length >= least)
    .flatMap((ofPort) => [...Map.groupBy(ofPort, ({ listener }) => placeText(listener)).values()])
    .map((ofPlace) => chainOf(generationsOf(ofPlace)))
    .filter((chain) => chain.length >= least);
}

/** Workers that share a socket are one. */
function generationsOf(stays: readonly Stay[]): readonly Generation[] {
  const sockets = Map.groupBy(stays, ({ listener }) => socketKey(listener));
  return [...sockets.values()]
    .flatMap((held) => {
      const [stay] = held.toSorted((a, b) => a.since - b.since || a.startedAt - b.startedAt);
      if (stay === undefined) return [];
      const isOpen = held.some(({ endedAt }) => endedAt === null);
      return [{ stay, since: stay.since, endedAt: isOpen ? null : Math.max(...held.map((one) => one.endedAt ?? 0)) }];
    })
    .toSorted((a, b) => a.since - b.since);
}

/** Sockets that share their place for a time, as in a rolling restart, do not follow one another. */
function chainOf(generations: readonly Generation[]): readonly Generation[] {
  let chain: Generation[] = [];
  let until = -Infinity;
  for (const generation of generations) {
    if (until > generation.since) chain = [];
    chain.push(generation);
    until = Math.max(until, generation.endedAt ?? Infinity);
  }
  return chain;
}
