import type { AlivePush, Instant, Push, PushAnswer } from '@portlight/agent/contract';
import type { HandingDown } from '../expectations/handing-down.ts';
import { StoreFault } from '../store/store-fault.ts';
import type { HostRecord, Seen, Store, StoreWriter } from '../store/store.ts';
import { applyPush, type Applied, type Arrived, type ChangingPush } from './apply-push.ts';
import { GaugeBook, type Heard } from './gauge-book.ts';
import { GroupCommit } from './group-commit.ts';
import { LastSeen } from './last-seen.ts';
import type { Arrival } from './machine-state.ts';

/** Pace the agents are asked to keep. */
export const ALIVE_EVERY_SECONDS = 15;

/** What a sign of life is compared with, so that most pushes need no look at the store. */
interface Mark {
  readonly agentStartedAt: Instant;
  readonly digest: string;
  readonly hasLeft: boolean;
  lastSeenAt: number | null;
}

interface IngestOptions {
  readonly now: () => number;
  /** A machine that is heard of after this long counts as changed: it is no longer silent. */
  readonly silentAfterMs: number;
  /** Called after each commit that others may want to know of. */
  readonly onChange: () => void;
  readonly handing: HandingDown;
}

/** Takes pushes in: what changes something is durable before it is answered, a sign of life is only remembered. */
export class Ingest {
  private readonly marks = new Map<string, Mark>();
  private readonly gauges = new GaugeBook();
  private readonly returned = new Set<string>();
  private readonly commits: GroupCommit<Arrived, Applied>;
  private readonly lastSeen: LastSeen;

  constructor(
    private readonly store: Store,
    private readonly options: IngestOptions,
  ) {
    this.commits = new GroupCommit(
      (batch) => this.store.commit((writer) => applyAll(writer, batch)),
      (cause) => cause instanceof StoreFault,
    );
    this.lastSeen = new LastSeen((seen) => this.writeSeen(seen));
  }

  async push(push: Push, address: string | null): Promise<PushAnswer> {
    const arrival = { at: this.options.now(), address };
    const mark = this.marks.get(push.hostId) ?? (await this.loadMark(push.hostId));
    const needFull = push.kind === 'alive' ? this.takeSign(mark, push) : await this.takeChange(mark, push, arrival);
    return {
      accepted: true,
      needFull,
      aliveEverySeconds: ALIVE_EVERY_SECONDS,
      serverTime: new Date(arrival.at).toISOString(),
      expectations: this.marks.has(push.hostId) ? await this.options.handing.answerTo(push) : null,
    };
  }

  /** Numbers that moved since the stored snapshot; null when none came. */
  gaugesOf(hostId: string): Heard | null {
    return this.gauges.of(hostId);
  }

  /** Nothing is kept of these machines any more. */
  forget(hostIds: readonly string[]): void {
    for (const hostId of hostIds) {
      this.marks.delete(hostId);
      this.gauges.forget(hostId);
      this.options.handing.forget(hostId);
    }
  }

  /** Writes the signs of life that wait. */
  async flush(): Promise<void> {
    await this.lastSeen.flush();
  }

  /** Everything that has arrived is durable. */
  async close(): Promise<void> {
    await this.commits.idle();
    await this.flush();
  }

  private takeSign(mark: Mark | null, push: AlivePush): boolean {
    if (!mark) return true;
    this.touch(mark, push);
    const isOther = mark.hasLeft || mark.agentStartedAt !== push.agentStartedAt || mark.digest !== push.digest;
    // Of another state they would be the numbers of other sockets.
    if (push.gauges && !isOther) this.gauges.hear(push.hostId, push.gauges);
    return isOther;
  }

  private async takeChange(mark: Mark | null, push: ChangingPush, arrival: Arrival): Promise<boolean> {
    const applied = await this.commits.add({ push, ...arrival, lastSeenAt: mark?.lastSeenAt ?? null });
    if (!applied) return push.kind !== 'leaving';
    const next = markOf(applied.machine.host, arrival.at);
    this.marks.set(push.hostId, next);
    this.touch(next, push);
    if (push.kind === 'full') this.gauges.forget(push.hostId);
    // Other processes may be other programs; without any, a change touches nothing that expectations depend on.
    const isOther = push.kind === 'full' || (push.kind === 'change' && push.processes.length > 0);
    if (isOther) this.options.handing.changed(push.hostId);
    if (push.kind === 'change' && next.digest === push.digest) this.gauges.supersede(push.hostId, push);
    if (applied.hasChanged) this.options.onChange();
    return push.kind !== 'leaving' && next.digest !== push.digest;
  }

  private touch(mark: Mark, { hostId, sentAt }: Push): void {
    const at = this.options.now();
    if (mark.lastSeenAt !== null && mark.lastSeenAt < at - this.options.silentAfterMs) this.returned.add(hostId);
    mark.lastSeenAt = at;
    this.lastSeen.touch({ hostId, at, clockOffsetMs: Date.parse(sentAt) - at });
  }

  private async loadMark(hostId: string): Promise<Mark | null> {
    const known = await this.store.reader.host(hostId);
    if (!known) return null;
    const mark = markOf(known.host, known.seen?.at ?? null);
    this.marks.set(hostId, mark);
    return mark;
  }

  private async writeSeen(seen: readonly Seen[]): Promise<void> {
    const returned = [...this.returned];
    await this.store.commit(async (writer) => {
      await writer.markSeen(seen);
      if (returned.length > 0) await writer.announce(returned, this.options.now(), false);
    });
    for (const hostId of returned) this.returned.delete(hostId);
    if (returned.length > 0) this.options.onChange();
  }
}

async function applyAll(writer: StoreWriter, batch: readonly Arrived[]): Promise<readonly Applied[]> {
  const applied: Applied[] = [];
  for (const arrived of batch) applied.push(await applyPush(writer, arrived));
  return applied;
}

function markOf({ agent, digest, hasLeft }: HostRecord, lastSeenAt: number | null): Mark {
  return { agentStartedAt: agent.startedAt, digest, hasLeft, lastSeenAt };
}
