import { Refusal } from '../refusal.ts';
import { Turns } from './turns.ts';
import { VirtualQueue } from './virtual-queue.ts';

/** What may be under way at once. */
interface AdmissionLimits {
  readonly bodies: number;
  /** Of all bodies together, decompressed. */
  readonly bytes: number;
}

/** Enough to fill one commit; parsed, they take some four times their bytes. */
const LIMITS: AdmissionLimits = { bodies: 256, bytes: 32 * 1024 * 1024 };

/** Room for one large body, from before it is read until its push is answered. */
export interface Place {
  /** Resolves when it is one's turn to use the processor: between two turns all else that arrived is looked after. */
  turn(): Promise<void>;
  /** Its size is known now. Throws a refusal where that is more than there is room for. */
  holds(bytes: number): void;
  /** May be called again, to no effect. */
  leave(): void;
}

/**
 * Lets large bodies in, as many as there is room for; the others are told when to come again. Signs of life are small and
 * never ask: a whole fleet that comes back at once keeps none of them waiting.
 */
export class Admission {
  private bodies = 0;
  private bytes = 0;
  private readonly inside = new Set<string>();
  private readonly turns = new Turns();
  private readonly queue: VirtualQueue;

  constructor(
    /** Milliseconds of a clock that never goes back. */
    now: () => number,
    private readonly limits: AdmissionLimits = LIMITS,
  ) {
    this.queue = new VirtualQueue(now);
  }

  /**
   * Throws a refusal where there is no room. `bytes` is what is known of the size beforehand. A machine has one place, so
   * that none can take them all; null: nobody knows which machine it is.
   */
  enter(host: string | null, bytes: number): Place {
    const isFull = this.bodies >= this.limits.bodies || this.bytes + bytes > this.limits.bytes;
    // What is larger than all the room is let in alone.
    if (isFull && this.bodies > 0) throw this.comeAgain();
    if (host !== null && this.inside.has(host)) throw this.comeAgain();
    if (host !== null) this.inside.add(host);
    this.bodies += 1;
    this.bytes += bytes;
    return this.place(host, bytes);
  }

  private place(host: string | null, announced: number): Place {
    let held = announced;
    let hasLeft = false;
    return {
      turn: () => this.turns.next(),
      holds: (bytes) => {
        this.bytes += bytes - held;
        held = bytes;
        if (this.bytes > this.limits.bytes && this.bodies > 1) throw this.comeAgain();
      },
      leave: () => {
        if (hasLeft) return;
        hasLeft = true;
        if (host !== null) this.inside.delete(host);
        this.bodies -= 1;
        this.bytes -= held;
        this.queue.served();
      },
    };
  }

  private comeAgain(): Refusal {
    return new Refusal(503, 'too-many-at-once', 'more snapshots come in than can be taken at once', {
      hint: 'push it again after Retry-After; signs of life are taken meanwhile',
      retryAfterSeconds: this.queue.secondsToWait(),
    });
  }
}
