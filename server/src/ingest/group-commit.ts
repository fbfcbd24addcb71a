interface Waiting<Work, Result> {
  readonly work: Work;
  readonly resolve: (result: Result) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Commits together what arrives together: whatever comes in during a commit is the next batch, so a slow disk makes larger
 * batches. One commit for each push costs 100 µs, one for 100 pushes 2 µs each.
 */
export class GroupCommit<Work, Result> {
  private readonly waiting: Waiting<Work, Result>[] = [];
  private running: Promise<void> | null = null;

  constructor(
    /** Makes all of a batch durable, or throws and leaves nothing of it. */
    private readonly commit: (batch: readonly Work[]) => Promise<readonly Result[]>,
    /** Whether a failure is nobody's own: each piece alone would only meet it again. */
    private readonly isEveryones: (cause: unknown) => boolean,
    /** Pieces of one batch. */
    private readonly atMost = Infinity,
  ) {}

  /** Resolves once `work` is durable. */
  add(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      this.running ??= this.drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await new Promise(setImmediate);
      await this.settle(this.waiting.splice(0, this.atMost));
    }
    this.running = null;
  }

  private async settle(batch: readonly Waiting<Work, Result>[]): Promise<void> {
    try {
      const results = await this.commit(batch.map(({ work }) => work));
      // The commit answers one result for each piece of work, in order.
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (cause) {
      await this.settleSingly(batch, cause);
    }
  }

  /** One piece that cannot be committed must not take its neighbours with it. */
  private async settleSingly(batch: readonly Waiting<Work, Result>[], cause: unknown): Promise<void> {
    if (batch.length > 1 && !this.isEveryones(cause)) {
      for (const waiting of batch) await this.settle([waiting]);
      return;
    }
    for (const { reject } of batch) reject(cause);
  }
}
