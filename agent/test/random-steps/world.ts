/** The truth: what the actors confirmed, and what a look must therefore see. No I/O. */
import { type Listener } from '../../src/contract.ts';
import { type Hello, type Opened } from './troupe.ts';

export interface OpenedSocket extends Opened {
  readonly protocol: 'tcp' | 'udp';
  readonly namespace: string;
}

export interface Actor extends Hello {
  /** What it was started as. */
  readonly name: string;
  /** How many descriptors it has, by inode of the socket. */
  readonly held: ReadonlyMap<string, number>;
}

export class World {
  readonly hostNamespace: string;
  readonly #actors = new Map<number, Actor>();
  readonly #sockets = new Map<string, OpenedSocket>();
  /** Open and listening no more, by inode: how many looks there were since. */
  readonly #hushed = new Map<string, number>();

  constructor(first: Hello, name: string) {
    this.hostNamespace = first.namespace;
    this.#actors.set(first.pid, { ...first, name, held: new Map() });
  }

  /** The oldest first. */
  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  get namespaces(): readonly string[] {
    return [...new Set(this.actors.map(({ namespace }) => namespace))];
  }

  /** Those somebody holds, the oldest first. */
  get sockets(): readonly OpenedSocket[] {
    return [...this.#sockets.values()].filter(({ inode }) => this.#holders(inode).length > 0);
  }

  open(pid: number, socket: OpenedSocket): void {
    this.#sockets.set(socket.inode, socket);
    this.take(pid, socket.inode, 1);
  }

  /** So many descriptors more; less when negative. */
  take(pid: number, inode: string, count: number): void {
    const actor = this.#actor(pid);
    const held = new Map(actor.held);
    const left = (held.get(inode) ?? 0) + count;
    if (left > 0) held.set(inode, left);
    else held.delete(inode);
    this.#actors.set(pid, { ...actor, held });
  }

  hush(inode: string): void {
    this.#hushed.set(inode, 0);
  }

  isHushed(inode: string): boolean {
    return this.#hushed.has(inode);
  }

  /** Called before each look. */
  look(): void {
    for (const [inode, looks] of this.#hushed) this.#hushed.set(inode, looks + 1);
  }

  fork(parent: number, child: Hello): void {
    const { name, held } = this.#actor(parent);
    this.#actors.set(child.pid, { ...child, name, held });
  }

  exec(pid: number, name: string): void {
    this.#actors.set(pid, { ...this.#actor(pid), name });
  }

  end(pid: number): void {
    this.#actors.delete(pid);
  }

  /** A line for each socket a look must see. */
  get expected(): readonly string[] {
    return this.sockets
      .filter(({ namespace, inode }) => this.#isLit(namespace) && !this.isHushed(inode))
      .map((socket) => this.#row(socket))
      .sort();
  }

  /**
   * What a look saw of the actors, line by line. A namespace without a process cannot be reached by way of /proc, and a
   * socket that lost its row while it is held counts for one look more: those may be there or not, but may not be wrong.
   */
  seen(listeners: readonly Listener[]): readonly string[] {
    const isDoubtful = ({ namespace, inode }: OpenedSocket) => !this.#isLit(namespace) || this.#hushed.get(inode) === 1;
    const doubtful = new Set(this.sockets.filter(isDoubtful).map((one) => this.#row(one)));
    return listeners
      .filter(({ inode, holders }) => this.#sockets.has(inode) || holders.some(({ pid }) => this.#actors.has(pid)))
      .map(rowOfListener)
      .filter((line) => !doubtful.has(line))
      .sort();
  }

  /** As `ss` tells it: without inodes, of one namespace. */
  rowsIn(namespace: string): readonly (OpenedSocket & { readonly pids: readonly number[] })[] {
    return this.sockets
      .filter((socket) => socket.namespace === namespace && !this.isHushed(socket.inode))
      .map((socket) => ({ ...socket, pids: this.#holders(socket.inode).map(({ pid }) => pid) }));
  }

  #actor(pid: number): Actor {
    const actor = this.#actors.get(pid);
    if (actor === undefined) throw new Error(`${pid} is no actor`);
    return actor;
  }

  #holders(inode: string): readonly Actor[] {
    return this.actors.filter(({ held }) => held.has(inode));
  }

  #isLit(namespace: string): boolean {
    return namespace === this.hostNamespace || this.namespaces.includes(namespace);
  }

  #row(socket: OpenedSocket): string {
    const holders = this.#holders(socket.inode);
    return row({ ...socket, isHost: socket.namespace === this.hostNamespace, why: null, holders });
  }
}

interface Row extends OpenedSocket {
  readonly isHost: boolean;
  readonly why: string | null;
  readonly holders: readonly (Pick<Actor, 'pid' | 'name'> & { readonly startTicks: number | null })[];
}

function row({ protocol, address, port, inode, namespace, isHost, why, holders }: Row): string {
  const held = holders.map(({ pid, startTicks, name }) => `${name} ${pid}/${startTicks ?? '?'}`).sort();
  const where = isHost ? 'the host' : namespace;
  return `${protocol} ${address}:${port} inode ${inode} in ${where}: ${why ?? held.join(', ')}`;
}

function rowOfListener(listener: Listener): string {
  const holders = listener.holders.map(({ commandLine, ...holder }) => ({ ...holder, name: commandLine[0] ?? '' }));
  const { networkNamespace: namespace, isHostNamespace: isHost, holdersUnknown: why } = listener;
  return row({ ...listener, namespace, isHost, why, holders });
}
