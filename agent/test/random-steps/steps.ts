/** One step: chosen by chance, played by the actors, and written into the world once they confirm it. */
import { type Random } from './random.ts';
import { PROGRAMS, type Hello, type Opened, type Troupe } from './troupe.ts';
import { type Actor, type OpenedSocket, type World } from './world.ts';

export interface Stage {
  readonly random: Random;
  readonly troupe: Troupe;
  readonly world: World;
  /** Network namespaces and the choice of pids are root's. */
  readonly isRoot: boolean;
}

const MOST_ACTORS = 12;
const MOST_SOCKETS = 50;
const MOST_NAMESPACES = 5;

/** What was done, for people; null when the kernel refused it, or nothing was there to do it with. */
type Step = (stage: Stage) => Promise<string | null>;

/** How often each is chosen. */
const STEPS: readonly (readonly [number, Step])[] = [
  [30, open],
  [18, close],
  [4, duplicate],
  [10, (stage) => fork(stage, null, false)],
  [4, (stage) => fork(stage, null, stage.isRoot && stage.world.namespaces.length < MOST_NAMESPACES)],
  [8, exec],
  [8, connect],
  [3, hush],
  [12, pass],
  [8, kill],
  [3, leave],
  [4, reusePid],
];
const ALL = STEPS.reduce((sum, [weight]) => sum + weight, 0);

/** Plays steps until one was possible, and tells it. */
export async function playStep(stage: Stage): Promise<string> {
  for (;;) {
    const told = await chosen(stage)(stage);
    if (told !== null) return told;
  }
}

function chosen({ random, world }: Stage): Step {
  if (world.actors.length > MOST_ACTORS) return kill;
  if (world.sockets.length > MOST_SOCKETS) return close;
  let left = random.below(ALL);
  for (const [weight, step] of STEPS) {
    if (left < weight) return step;
    left -= weight;
  }
  return open;
}

async function open({ random, troupe, world }: Stage): Promise<string | null> {
  const { pid, namespace } = random.one(world.actors);
  const neighbour = random.chance(0.35) && world.sockets.length > 0 ? random.one(world.sockets) : null;
  const ownProtocol = random.chance(0.7) ? 'tcp' : 'udp';
  const protocol = neighbour !== null && random.chance(0.8) ? neighbour.protocol : ownProtocol;
  const address = neighbour !== null && random.chance(0.5) ? neighbour.address : addressOf(random);
  const isShared = random.chance(0.6);
  const port = neighbour?.port ?? 0;
  const command = { do: 'open', protocol, address, port, isOnlyV6: random.chance(0.5), isShared } as const;
  const answer = await troupe.ask(pid, command);
  if ('error' in answer) return null;
  const opened = answer as unknown as Opened;
  world.open(pid, { ...opened, protocol, namespace });
  return `${pid} opened ${protocol} ${opened.address}:${opened.port}, inode ${opened.inode}`;
}

function addressOf(random: Random): string {
  const loopback = `127.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
  return random.one([loopback, loopback, '127.0.0.1', '0.0.0.0', '::1', '::', `::ffff:${loopback}`]);
}

function holderAmong({ random, world }: Stage): readonly [Actor, OpenedSocket] | null {
  const holders = world.actors.filter(({ held }) => held.size > 0);
  if (holders.length === 0) return null;
  const holder = random.one(holders);
  return [holder, random.one(world.sockets.filter(({ inode }) => holder.held.has(inode)))];
}

async function close(stage: Stage): Promise<string | null> {
  const [holder, socket] = holderAmong(stage) ?? [];
  if (holder === undefined || socket === undefined) return null;
  await stage.troupe.ask(holder.pid, { do: 'close', inode: socket.inode });
  stage.world.take(holder.pid, socket.inode, -1);
  return `${holder.pid} closed ${socket.inode}`;
}

async function duplicate(stage: Stage): Promise<string | null> {
  const [holder, socket] = holderAmong(stage) ?? [];
  if (holder === undefined || socket === undefined) return null;
  await stage.troupe.ask(holder.pid, { do: 'duplicate', inode: socket.inode });
  stage.world.take(holder.pid, socket.inode, 1);
  return `${holder.pid} duplicated ${socket.inode}`;
}

async function hush(stage: Stage): Promise<string | null> {
  const [holder, socket] = holderAmong(stage) ?? [];
  if (holder === undefined || socket?.protocol !== 'tcp' || stage.world.isHushed(socket.inode)) return null;
  await stage.troupe.ask(holder.pid, { do: 'hush', inode: socket.inode });
  stage.world.hush(socket.inode);
  return `${holder.pid} listens on ${socket.inode} no more`;
}

const REACHED_BY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

async function connect({ random, troupe, world }: Stage): Promise<string | null> {
  const { pid, namespace } = random.one(world.actors);
  const near = world.sockets.filter((socket) => socket.namespace === namespace);
  if (near.length === 0) return null;
  const { protocol, address: bound, port } = random.one(near);
  const address = REACHED_BY[bound] ?? bound;
  const { error } = await troupe.ask(pid, { do: 'connect', protocol, address, port });
  return `${pid} connected to ${protocol} ${address}:${port} (errno ${String(error)})`;
}

/** @param wanted the pid the child shall have; it may get another one */
async function fork({ random, troupe, world }: Stage, wanted: number | null, isApart: boolean): Promise<string> {
  const parent = random.one(world.actors);
  const hello = troupe.newLife();
  await troupe.ask(parent.pid, { do: 'fork', pid: wanted, isApart });
  const child: Hello = await hello;
  world.fork(parent.pid, child);
  return `${parent.pid} forked ${child.pid}${isApart ? ` into ${child.namespace}` : ''}`;
}

async function exec({ random, troupe, world }: Stage): Promise<string> {
  const { pid, name: before } = random.one(world.actors);
  const program = random.one(PROGRAMS.filter((other) => !before.startsWith(other)));
  const name = `${program}-${random.below(1000)}`;
  const hello = troupe.newLife();
  troupe.tell(pid, { do: 'exec', program, name });
  await hello;
  world.exec(pid, name);
  return `${pid} became ${name}`;
}

async function pass(stage: Stage): Promise<string | null> {
  const { random, troupe, world } = stage;
  const [holder, socket] = holderAmong(stage) ?? [];
  const others = world.actors.filter((actor) => actor !== holder);
  if (holder === undefined || socket === undefined || others.length === 0) return null;
  const { pid } = random.one(others);
  await troupe.ask(holder.pid, { do: 'send', inode: socket.inode, to: pid });
  await troupe.ask(pid, { do: 'receive' });
  world.take(pid, socket.inode, 1);
  return `${holder.pid} passed ${socket.inode} to ${pid}`;
}

/** Anybody but the first, parents too. */
function mortal({ random, world }: Stage): Actor | null {
  const [, ...mortals] = world.actors;
  return mortals.length === 0 ? null : random.one(mortals);
}

async function kill(stage: Stage): Promise<string | null> {
  const actor = mortal(stage);
  return actor === null ? null : killed(stage, actor);
}

async function killed({ troupe, world }: Stage, { pid }: Actor): Promise<string> {
  process.kill(pid, 'SIGKILL');
  await troupe.gone(pid);
  world.end(pid);
  return `${pid} was killed`;
}

async function leave(stage: Stage): Promise<string | null> {
  const actor = mortal(stage);
  if (actor === null) return null;
  stage.troupe.tell(actor.pid, { do: 'end' });
  await stage.troupe.gone(actor.pid);
  stage.world.end(actor.pid);
  return `${actor.pid} ended`;
}

/** Within one step, so that no look lies between. */
async function reusePid(stage: Stage): Promise<string | null> {
  const before = stage.isRoot ? mortal(stage) : null;
  if (before === null) return null;
  return `${await killed(stage, before)}; ${await fork(stage, before.pid, false)}`;
}
