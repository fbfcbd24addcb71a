import { type Holder, type Listener } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { socketKey, type History, type Stay } from './stays.ts';

/** A process that listens, with all it holds. Its identity is pid and start ticks: exec keeps it. */
export interface Instance {
  readonly key: string;
  readonly holder: Holder;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What it holds now, by port. */
  readonly stays: readonly Stay[];
}

/** A socket whose own program is gone from it: only processes of other programs hold it still. */
export interface AbandonedSocket {
  readonly listener: Listener;
  /** Who held it first. */
  readonly opener: Holder;
  /** When the opener was gone from it. */
  readonly since: number;
}

/** What is one program in one network namespace: the processes that stand for one another. */
export interface Program {
  readonly programKey: string;
  readonly networkNamespace: string;
  readonly isHostNamespace: boolean;
  /** Of several active services that run the same program, this one, of the system or of a user; else null. */
  readonly service: string | null;
  /** Oldest first. Without helpers: what a listening process of the program started does not replace it. */
  readonly instances: readonly Instance[];
  /** Of the past hour: what its processes held and no longer hold. */
  readonly past: readonly Stay[];
  readonly abandoned: readonly AbandonedSocket[];
}

/**
 * Programs whose sockets stand for others': published ports of containers, forwarded ports of logins, and what PID 1
 * opens for the services it starts.
 */
const NOT_JUDGED = new Set(
  ['systemd', 'dockerd', 'docker-proxy', 'rootlessport', 'rootlesskit', 'slirp4netns', 'pasta', 'passt'].concat([
    'ssh',
    'sshd',
    'sshd-session',
  ]),
);

export function isJudged({ program, pid }: Holder): boolean {
  return pid !== 1 && !NOT_JUDGED.has(program);
}

export function programsOf(history: History, listeners: readonly Listener[]): readonly Program[] {
  const stays = [...history.stays.values()].filter(({ holder }) => isJudged(holder));
  const abandoned = listeners.flatMap((listener) => abandonedOf(history, listener));
  const groups = Map.groupBy(stays, ({ holder, listener }) => programName(holder, listener));
  const left = Map.groupBy(abandoned, ({ opener, listener }) => programName(opener, listener));
  return [...new Set([...groups.keys(), ...left.keys()])].flatMap((name) =>
    byUnit(groups.get(name) ?? [], left.get(name) ?? []),
  );
}

/** Two containers in one network namespace are compared by no rule. */
function programName({ programKey, container }: Holder, { networkNamespace }: Listener): string {
  return JSON.stringify([networkNamespace, programKey, container?.id]);
}

function abandonedOf({ sockets }: History, listener: Listener): AbandonedSocket[] {
  const story = sockets.get(socketKey(listener));
  if (listener.protocol !== 'tcp' || !story?.abandonedAt || !isJudged(story.opener)) return [];
  // With PID 1 among them, it was opened on demand and handed to a service.
  const isHandedOn = listener.holders.some(({ pid }) => pid === 1);
  return isHandedOn ? [] : [{ listener, opener: story.opener, since: story.abandonedAt }];
}

/** The system service a process runs in; transient units and logins count as none. */
export function serviceUnitOf(holder: Holder): string | null {
  return holder.scope === 'system' ? lastingUnitOf(holder) : null;
}

/** A service of the system, or of a user's own manager. */
function lastingUnitOf({ unit, scope }: Holder): string | null {
  const isOfManager = scope === 'system' || scope === 'user';
  return isOfManager && unit !== null && unit.endsWith('.service') && !unit.startsWith('run-') ? unit : null;
}

/** Two active services that run the same program are two; one process in a service and one outside are one program. */
function byUnit(stays: readonly Stay[], abandoned: readonly AbandonedSocket[]): Program[] {
  const services = new Set(
    stays.flatMap(({ holder, endedAt }) => (endedAt === null ? (lastingUnitOf(holder) ?? []) : [])),
  );
  if (services.size < 2) return programOf(null, stays, abandoned);
  const parts = Map.groupBy(stays, ({ holder }) => lastingUnitOf(holder));
  return [...parts].flatMap(([unit, of]) =>
    programOf(
      unit,
      of,
      abandoned.filter(({ opener }) => lastingUnitOf(opener) === unit),
    ),
  );
}

function programOf(service: string | null, stays: readonly Stay[], abandoned: readonly AbandonedSocket[]): Program[] {
  const [first] = [...stays, ...abandoned.map(({ listener, opener: holder }) => ({ listener, holder }))];
  if (first === undefined) return [];
  const { networkNamespace, isHostNamespace } = first.listener;
  return [
    {
      programKey: first.holder.programKey,
      networkNamespace,
      isHostNamespace,
      service,
      instances: withoutHelpers(instancesOf(stays.filter(({ endedAt }) => endedAt === null))),
      past: stays.filter(({ endedAt }) => endedAt !== null),
      abandoned,
    },
  ];
}

function instancesOf(stays: readonly Stay[]): Instance[] {
  return [...Map.groupBy(stays, ({ holder }) => holderKey(holder))]
    .flatMap(([key, held]) =>
      held.slice(0, 1).map(({ holder, startedAt }) => ({ key, holder, startedAt, stays: held })),
    )
    .map((instance) => ({ ...instance, stays: instance.stays.toSorted(byPort) }))
    .toSorted((a, b) => a.startedAt - b.startedAt || a.holder.pid - b.holder.pid);
}

function byPort({ listener: a }: Stay, { listener: b }: Stay): number {
  return a.port - b.port || Number(a.address > b.address) - Number(a.address < b.address);
}

/**
 * Without workers and processes that serve one login: what a listening process of the program started is its helper. Not
 * so on a port next to its own and later than a batch: that is a server that started its replacement and stayed.
 */
function withoutHelpers(instances: readonly Instance[]): readonly Instance[] {
  if (instances.length < 2) return instances;
  const byPid = new Map(instances.map((instance) => [instance.holder.pid, instance]));
  return instances.filter((instance) => {
    const starters = instance.holder.ancestors.flatMap((pid) => byPid.get(pid) ?? []);
    return starters.every((starter) => areNeighbours(starter, instance));
  });
}

const NEIGHBOURS = 10;

function areNeighbours(starter: Instance, instance: Instance): boolean {
  const isNear = ({ listener }: Stay) =>
    starter.stays.some((own) => {
      const distance = Math.abs(own.listener.port - listener.port);
      return distance > 0 && distance <= NEIGHBOURS;
    });
  const holdsTheSame = instance.stays.some(({ listener }) =>
    starter.stays.some((own) => own.listener.inode === listener.inode),
  );
  return instance.stays.some(isNear) && !holdsTheSame && !isBatch([starter.startedAt, instance.startedAt]);
}

/** In charge: the process that was started last. */
export function newestOf({ instances }: Pick<Program, 'instances'>): Instance | null {
  return instances.at(-1) ?? null;
}

/** Processes started this close together are one batch: a service that runs several of itself. */
export const BATCH_MS = 10_000;

/**
 * Whether another process had the port of this one no later than one that started at `reference`, its batch included:
 * then the port is one of the program's own, as when a service of several processes restarts them in turn.
 */
export function hasPredecessor(
  { past }: Pick<Program, 'past'>,
  { holder, listener }: Stay,
  reference: number,
): boolean {
  return past.some(
    (stay) =>
      stay.listener.port === listener.port &&
      holderKey(stay.holder) !== holderKey(holder) &&
      stay.startedAt <= reference + BATCH_MS,
  );
}

export function isBatch(startedAt: readonly number[]): boolean {
  return Math.max(...startedAt) - Math.min(...startedAt) <= BATCH_MS;
}
