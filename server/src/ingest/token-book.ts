import type { EndedToken, UsedHostToken } from '../store/access-store.ts';
import type { StoreReader } from '../store/store.ts';
import { GroupCommit } from './group-commit.ts';
import { isSameHash, readHostToken } from './host-token.ts';

/** Machines remembered by their token; beyond it the oldest are looked up again. */
const TOKENS_REMEMBERED = 250_000;
/** How soon a token that another instance ended is no longer good here. */
const REFRESH_EVERY_MS = 2_000;
/** What is remembered is not believed when nobody looked for that long: the process was frozen, or nobody pushed. */
const BELIEVED_FOR_MS = 10_000;
/** A look at the store that takes longer will not end: its connection is gone without a word. */
const STUCK_AFTER_MS = 60_000;
/** Clocks of two instances may differ by as much, and a commit may take as long. */
const OVERLAP_MS = 60_000;
/** Remembered tokens that are looked up again each time, the longest known first: no clock can hide what ended for ever. */
const LOOKED_UP_AGAIN = 200;
/** Everyone comes back at once after a start. */
const LOOKED_UP_AT_ONCE = 2_000;
/** Ended tokens are told for at least this long. */
export const ENDED_TOLD_FOR_MS = 3_600_000;

interface TokenBookOptions {
  readonly now: () => number;
  /** Told which machines another instance may have forgotten. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
}

/**
 * Which token is which machine's. What was looked up once is remembered, so that a sign of life costs one hash; what ends is
 * told by the store to all instances.
 */
export class TokenBook {
  /** Hash by machine. */
  private readonly hashes = new Map<string, string>();
  private readonly lookUps: GroupCommit<string, UsedHostToken | undefined>;
  /** Machines that were told as forgotten before, with the time. */
  private forgotten = new Set<string>();
  private refreshing: Promise<void> | null = null;
  private triedAt: number;
  private refreshedAt: number;

  constructor(
    private readonly reader: StoreReader,
    private readonly options: TokenBookOptions,
  ) {
    this.triedAt = this.refreshedAt = options.now();
    // Whoever comes while others are looked up is looked up with the next ones.
    this.lookUps = new GroupCommit(
      (hostIds) => this.look(hostIds),
      () => true,
      LOOKED_UP_AT_ONCE,
    );
  }

  /** The machine whose token this is, if that is remembered; null: ask {@link hostOf}. */
  rememberedHost(token: string): string | null {
    // A refresh that has begun ends within seconds, or there is no store to end a token in.
    const isBelieved = this.age <= (this.refreshing === null ? BELIEVED_FOR_MS : STUCK_AFTER_MS);
    const shown = isBelieved ? readHostToken(token) : null;
    const known = shown === null ? undefined : this.hashes.get(shown.hostId);
    return shown !== null && known !== undefined && isSameHash(known, shown.hash) ? shown.hostId : null;
  }

  /** Learns what other instances ended, when it is time. */
  keepUp(): void {
    if (this.age > REFRESH_EVERY_MS) void this.refresh();
  }

  /** The machine whose token this is, as the store has it; null: nobody's. */
  async hostOf(token: string): Promise<string | null> {
    const shown = readHostToken(token);
    const kept = shown && (await this.lookUps.add(shown.hostId));
    if (!shown || !kept || !isGood(kept) || !isSameHash(kept.hash, shown.hash)) return null;
    this.remember(kept);
    return kept.hostId;
  }

  /** Whether the machine has shown its token here. */
  hasShown({ hostId, hash }: Pick<UsedHostToken, 'hostId' | 'hash'>): boolean {
    return this.hashes.get(hostId) === hash;
  }

  forget(hostIds: readonly string[]): void {
    for (const hostId of hostIds) this.hashes.delete(hostId);
  }

  /** These are no longer good. */
  drop(ended: readonly EndedToken[]): void {
    for (const { hostId, hash } of ended) {
      if (hash === null || this.hashes.get(hostId) === hash) this.hashes.delete(hostId);
    }
  }

  /** Learns what other instances ended. While the store is away nobody can end anything, so what is known goes on. */
  refresh(): Promise<void> {
    if (this.refreshing !== null && this.age <= STUCK_AFTER_MS) return this.refreshing;
    this.triedAt = this.options.now();
    const refreshing = this.readEnded()
      .catch(() => undefined)
      .finally(() => {
        if (this.refreshing === refreshing) this.refreshing = null;
      });
    this.refreshing = refreshing;
    return refreshing;
  }

  private get age(): number {
    return Math.abs(this.options.now() - this.triedAt);
  }

  private async readEnded(): Promise<void> {
    const now = this.options.now();
    if (now - this.refreshedAt > ENDED_TOLD_FOR_MS - OVERLAP_MS) this.hashes.clear();
    const ended = await this.reader.endedTokensSince(this.refreshedAt - OVERLAP_MS);
    this.drop(ended.filter(({ hash }) => hash !== null));
    this.dropForgotten(ended.filter(({ hash }) => hash === null));
    await this.lookAgain();
    this.refreshedAt = now;
  }

  private dropForgotten(ended: readonly EndedToken[]): void {
    const nameOf = ({ hostId, at }: EndedToken): string => `${hostId} ${at}`;
    const fresh = ended.filter((one) => !this.forgotten.has(nameOf(one)));
    this.forgotten = new Set(ended.map(nameOf));
    if (fresh.length === 0) return;
    this.drop(fresh);
    this.options.onForgotten(fresh.map(({ hostId }) => hostId));
  }

  private async lookAgain(): Promise<void> {
    const before = new Map(first(LOOKED_UP_AGAIN, this.hashes));
    if (before.size === 0) return;
    const kept = new Map((await this.reader.hostTokens([...before.keys()])).map((token) => [token.hostId, token]));
    for (const [hostId, hash] of before) {
      if (this.hashes.get(hostId) !== hash) continue;
      this.hashes.delete(hostId);
      const token = kept.get(hostId);
      if (token && isGood(token) && token.hash === hash) this.hashes.set(hostId, hash);
    }
  }

  private async look(hostIds: readonly string[]): Promise<readonly (UsedHostToken | undefined)[]> {
    const kept = new Map((await this.reader.hostTokens(hostIds)).map((token) => [token.hostId, token]));
    return hostIds.map((hostId) => kept.get(hostId));
  }

  private remember({ hostId, hash }: UsedHostToken): void {
    const [oldest] = this.hashes.keys();
    if (this.hashes.size >= TOKENS_REMEMBERED && oldest !== undefined) this.hashes.delete(oldest);
    this.hashes.set(hostId, hash);
  }
}

function* first<T>(count: number, items: Iterable<T>): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

export function isGood({ revokedAt }: Pick<UsedHostToken, 'revokedAt'>): boolean {
  return revokedAt === null;
}
