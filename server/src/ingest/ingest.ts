import type { AlivePush, Instant, Push, PushAnswer } from '@portlight/agent/contract';
import type { HandingDown } from '../expectations/handing-down.ts';
import { excusedUntil } from '../silence.ts';
import { StoreFault } from '../store/store-fault.ts';
import type { HostRecord, Seen, SeenHost, Store } from '../store/store.ts';
import { applyPushes, type Applied } from './apply-push.ts';
import { arrivedPush, type ArrivedPush, type ChangingPush } from './arrived-push.ts';
import { GaugeBook, type Heard } from './gauge-book.ts';
import { GroupCommit } from './group-commit.ts';
import { LastSeen } from './last-seen.ts';
import type { Arrival } from './machine-state.ts';
import type { Pace } from './pace.ts';

/** Of one transaction: a large one makes those that come during it wait. */
const PUSHES_AT_ONCE = 200;
const LOOKUPS_AT_ONCE = 1_000;

/** What a sign of life is compared with, so that most pushes need no look at the store. */
interface Mark {
  readonly agentStartedAt: Instant;
  readonly digest: string;
  readonly hasLeft: boolean;
  /** Null before the first sign of life that is remembered. */
  seen: Seen | null;
}

interface IngestOptions {
  readonly pace: Pick<Pace, 'aliveEverySeconds'>;
  readonly now: () => number;
  /** Signs of life are written before they are answered, too: nobody may come by to do it later. */
  readonly isFlushedAtOnce: boolean;
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
  private readonly commits: GroupCommit<ArrivedPush, Applied>;
  /** Machines this instance has not heard of: after its start all of them come within one pace. */
  private readonly lookups: GroupCommit<string, SeenHost | null>;
  private readonly lastSeen: LastSeen;

  constructor(
    private readonly store: Store,
    private readonly options: IngestOptions,
  ) {
    const isEveryones = (cause: unknown): boolean => cause instanceof StoreFault;
    this.commits = new GroupCommit(
      (batch) => this.store.commit((writer) => applyPushes(writer, batch, this.options.now)),
      isEveryones,
      PUSHES_AT_ONCE,
    );
    this.lookups = new GroupCommit((hostIds) => this.lookUp(hostIds), isEveryones, LOOKUPS_AT_ONCE);
    this.lastSeen = new LastSeen((seen) => this.writeSeen(seen));
  }

  async push(push: Push, address: string | null): Promise<PushAnswer> {
    const arrival = { at: this.options.now(), address };
    const needFull = push.kind === 'alive' ? await this.takeSign(push) : await this.takeChange(push, arrival);
    if (this.options.isFlushedAtOnce) await this.flush();
    return {
      accepted: true,
      needFull,
      aliveEverySeconds: this.options.pace.aliveEverySeconds,
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

  private async takeSign(push: AlivePush): Promise<boolean> {
    const known = this.marks.get(push.hostId);
    // Another instance may have taken what this one does not know, or forgotten a machine that was away for long.
    const isKnown = known !== undefined && isOf(known, push) && !this.wasSilent(known, this.options.now());
    const mark = isKnown ? known : await this.loadMark(push.hostId);
    if (!mark) return true;
    this.touch(mark, push);
    const isSame = isOf(mark, push);
    // Of another state they would be the numbers of other sockets.
    if (push.gauges && isSame) this.gauges.hear(push.hostId, push.gauges);
    return !isSame;
  }

  private async takeChange(push: ChangingPush, arrival: Arrival): Promise<boolean> {
    const lastSeenAt = this.marks.get(push.hostId)?.seen?.at ?? null;
    const { aliveEverySeconds } = this.options.pace;
    const applied = await this.commits.add(arrivedPush({ push, ...arrival, lastSeenAt, aliveEverySeconds }));
    if (!applied) return push.kind !== 'leaving';
    const next = markOf(applied.machine.host, null);
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
    if (this.wasSilent(mark, at)) this.returned.add(hostId);
    const { aliveEverySeconds } = this.options.pace;
    mark.seen = { hostId, at, clockOffsetMs: Date.parse(sentAt) - at, aliveEverySeconds };
    this.lastSeen.touch(mark.seen);
  }

  private wasSilent({ seen }: Mark, now: number): boolean {
    return seen !== null && excusedUntil(seen) < now - this.options.silentAfterMs;
  }

  private async loadMark(hostId: string): Promise<Mark | null> {
    const known = await this.lookups.add(hostId);
    if (!known) {
      this.marks.delete(hostId);
      return null;
    }
    const heard = this.marks.get(hostId)?.seen ?? null;
    const mark = markOf(known.host, heard && heard.at > (known.seen?.at ?? 0) ? heard : known.seen);
    this.marks.set(hostId, mark);
    return mark;
  }

  private async lookUp(hostIds: readonly string[]): Promise<readonly (SeenHost | null)[]> {
    const known = await this.store.reader.hostsWithIds([...new Set(hostIds)]);
    const byId = new Map(known.map((seen) => [seen.host.host.id, seen]));
    return hostIds.map((hostId) => byId.get(hostId) ?? null);
  }

  private async writeSeen(seen: readonly Seen[]): Promise<void> {
    const returned = [...this.returned];
    await this.store.commit(async (writer) => {
      await writer.markSeen(seen);
      const at = this.options.now();
      await writer.announce(returned.map((hostId) => ({ hostId, at, haveFindingsChanged: false })));
    });
    for (const hostId of returned) this.returned.delete(hostId);
    if (returned.length > 0) this.options.onChange();
  }
}

function isOf(mark: Mark, { agentStartedAt, digest }: AlivePush): boolean {
  return !mark.hasLeft && mark.digest === digest && mark.agentStartedAt === agentStartedAt;
}

function markOf({ agent, digest, hasLeft }: HostRecord, seen: Seen | null): Mark {
  return { agentStartedAt: agent.startedAt, digest, hasLeft, seen };
}
