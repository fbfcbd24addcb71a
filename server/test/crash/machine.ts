import type { ChangePush, FullPush, Push, PushAnswer, PushedEvent, PushedListener } from '@portlight/agent/contract';
import { alive, BOOT_ID, change, event, fullOf, holder, listener, snapshot } from '../bodies.ts';

/** A listener opens or closes; the inode is used once for each, so that it names the event. */
export interface ToldEvent {
  readonly kind: string;
  readonly inode: string;
}

/** Answers numbers from 0 up to, not including, 1. */
export type Random = () => number;

const MOST_LISTENERS = 6;
/** Of the machines that wait for an acknowledgement, how many have their agent restarted meanwhile. */
const RESTART_SHARE = 0.02;

type Changing = ChangePush | FullPush;

/** A machine as its agent sees it: what it pushes next, what it was acknowledged, what it still has to tell. */
export class CrashMachine {
  readonly acknowledged: ToldEvent[] = [];
  private startedAt = new Date().toISOString();
  private sequence = 0;
  private version = 0;
  private nextInode = 1;
  private nextEventId = 1;
  private needsFull = true;
  private readonly listeners = new Map<string, PushedListener>();
  private untold: PushedEvent[] = [];
  /** Sent, and to be sent again until it is acknowledged. */
  private pending: Changing | null = null;

  readonly hostId: string;
  private readonly random: Random;

  constructor(hostId: string, random: Random) {
    this.hostId = hostId;
    this.random = random;
  }

  get isSettled(): boolean {
    return this.pending === null && !this.needsFull && this.untold.length === 0;
  }

  /** Inodes of what listens now. */
  get inodes(): readonly string[] {
    return [...this.listeners.keys()];
  }

  nextPush(changeShare: number): Push {
    if (this.pending && this.random() < RESTART_SHARE) this.restart();
    if (this.pending) return { ...this.pending, sentAt: new Date().toISOString() };
    if (this.needsFull) return (this.pending = this.full());
    if (this.random() < changeShare) return (this.pending = this.change());
    return alive({ ...this.envelope(), digest: this.digest() });
  }

  answered(push: Push, { needFull }: PushAnswer): void {
    // Of an agent start that is over nobody waits for an answer.
    if (push.agentStartedAt !== this.startedAt) return;
    if (push.kind === 'full' || push.kind === 'change') {
      const told = push.events ?? [];
      this.acknowledged.push(...told.map(({ kind, inode }) => ({ kind, inode })));
      this.untold = this.untold.filter(
        ({ inode, kind }) => !told.some((one) => one.inode === inode && one.kind === kind),
      );
      this.pending = null;
      this.needsFull = false;
    }
    if (needFull) this.needsFull = true;
  }

  private restart(): void {
    // What was not acknowledged was spooled and is told by the next start, under the start it is from.
    this.untold = this.untold.map((one) => ({ agentStartedAt: this.startedAt, ...one }));
    this.startedAt = new Date(Math.max(Date.now(), Date.parse(this.startedAt) + 1)).toISOString();
    [this.sequence, this.nextEventId, this.needsFull, this.pending] = [0, 1, true, null];
  }

  private full(): FullPush {
    const whole = snapshot({ takenAt: new Date().toISOString(), listeners: [...this.listeners.values()] });
    const { host, agent } = whole;
    return fullOf(this.hostId, this.hostId, {
      ...this.envelope(),
      digest: this.digest(),
      snapshot: {
        ...whole,
        host: { ...host, id: this.hostId, name: this.hostId },
        agent: { ...agent, startedAt: this.startedAt },
      },
      processes: this.listeners.size + this.untold.length > 0 ? [holder()] : [],
      events: this.untold,
    });
  }

  private change(): ChangePush {
    const baseDigest = this.digest();
    const closing = this.listeners.size >= MOST_LISTENERS ? [...this.listeners.values()].slice(0, 2) : [];
    const opening = closing.length > 0 ? [] : [this.newListener()];
    for (const { inode } of closing) this.listeners.delete(inode);
    for (const row of opening) this.listeners.set(row.inode, row);
    this.version += 1;
    const events = [
      ...closing.map((row) => this.eventOf('closed', row)),
      ...opening.map((row) => this.eventOf('opened', row)),
    ];
    this.untold.push(...events);
    return change({
      ...this.envelope(),
      baseDigest,
      digest: this.digest(),
      opened: opening,
      closed: closing.map(({ protocol, address, port, networkNamespace, inode }) => {
        return { protocol, address, port, networkNamespace, inode };
      }),
      processes: [holder()],
      events,
    });
  }

  private newListener(): PushedListener {
    const inode = String(this.nextInode);
    this.nextInode += 1;
    return listener({ inode, port: 1_024 + (Number(inode) % 60_000) });
  }

  private eventOf(kind: 'opened' | 'closed', { inode, port, address }: PushedListener): PushedEvent {
    const id = this.nextEventId;
    this.nextEventId += 1;
    return event({ id, kind, inode, port, address, at: new Date().toISOString() });
  }

  private envelope() {
    this.sequence += 1;
    const sentAt = new Date().toISOString();
    return { hostId: this.hostId, bootId: BOOT_ID, agentStartedAt: this.startedAt, sequence: this.sequence, sentAt };
  }

  private digest(): string {
    return `version-${this.version}`;
  }
}
