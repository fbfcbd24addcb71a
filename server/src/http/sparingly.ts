/** Of one kind, told again after this long at the earliest. */
const EVERY_MS = 5_000;

/** Whether to tell of it; `others`: how many of its kind were not told since the last. */
export interface Telling {
  readonly isDue: boolean;
  readonly others: number;
}

/**
 * Keeps a log readable when one cause refuses thousands of requests a second: of each kind one is told every five seconds,
 * with the number of the others.
 */
export class Sparingly {
  private readonly kinds = new Map<string, { toldAt: number; others: number }>();

  /** `now` in milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number) {}

  tell(kind: string): Telling {
    const at = this.now();
    const known = this.kinds.get(kind);
    if (known && at - known.toldAt < EVERY_MS) {
      known.others += 1;
      return { isDue: false, others: known.others };
    }
    this.kinds.set(kind, { toldAt: at, others: 0 });
    return { isDue: true, others: known?.others ?? 0 };
  }
}
