import type { HandedExpectations, Push } from '@portlight/agent/contract';
import type { StoreReader } from '../store/store.ts';
import { EMPTY_BOOK, handedTo, type Book, type ExpectationBook } from './expectation-book.ts';

/** A machine that tells no version gets them again after this long: the answer may have been lost. */
const REPEAT_AFTER_MS = 60_000;

/**
 * What is handed down is made of stored rows. When expectations change every machine is due one at its next push: more than so
 * many at a time are left to the push after, so that signs of life never queue for the store.
 */
const MADE_AT_ONCE = 16;

/** What one machine is to be handed. */
interface Made {
  /** Of which it was made; null: the machine has changed since. */
  readonly of: Book | null;
  readonly handed: HandedExpectations;
  /** When it was last handed to an agent that tells no version; null before. */
  offeredAt: number | null;
}

const NOTHING: HandedExpectations = handedTo(EMPTY_BOOK, { host: { name: '', labels: {} }, programKeys: new Set() });

/**
 * What goes down to each machine in answers of pushes. Kept in memory as long as neither expectations nor the machine
 * changed, so that a sign of life costs a comparison of two short texts.
 */
export class HandingDown {
  private readonly machines = new Map<string, Made>();
  private making = 0;

  constructor(
    private readonly book: ExpectationBook,
    private readonly reader: StoreReader,
    private readonly now: () => number,
  ) {}

  /** For the answer to that push of a known machine; null when the agent has it already, or will be told at its next push. */
  answerTo(push: Push): HandedExpectations | null | Promise<HandedExpectations | null> {
    if (push.kind === 'leaving') return null;
    const known = this.machines.get(push.hostId);
    if (known?.of === this.book.current) return this.differing(push, known);
    if (isEmpty(this.book.current)) return this.differing(push, this.keep(push.hostId, NOTHING, this.book.current));
    if (this.making >= MADE_AT_ONCE) return null;
    return this.make(push.hostId).then((made) => made && this.differing(push, made));
  }

  /** The machine's name, labels or programs may be others now. */
  changed(hostId: string): void {
    const known = this.machines.get(hostId);
    if (known) this.machines.set(hostId, { ...known, of: null });
  }

  /** Nothing is kept of the machine any more. */
  forget(hostId: string): void {
    this.machines.delete(hostId);
  }

  private async make(hostId: string): Promise<Made | null> {
    this.making += 1;
    try {
      const of = this.book.current;
      const known = await this.reader.host(hostId);
      if (!known) return null;
      const programKeys = of.homes.size === 0 ? new Set<string>() : await this.programsOf(hostId);
      return this.keep(hostId, handedTo(of, { host: known.host.host, programKeys }), of);
    } finally {
      this.making -= 1;
    }
  }

  /** Those it runs, and those it ran lately: a program that ended is missed only by who knows where it belongs. */
  private async programsOf(hostId: string): Promise<ReadonlySet<string>> {
    const machine = await this.reader.machine(hostId);
    const sightings = await this.reader.sightings(hostId);
    const running = [...(machine?.processes.values() ?? [])].map(({ programKey }) => programKey);
    return new Set([...running, ...sightings.map(({ programKey }) => programKey)]);
  }

  private keep(hostId: string, handed: HandedExpectations, of: Book): Made {
    const before = this.machines.get(hostId);
    const isSame = before?.handed.version === handed.version;
    const made = { of, handed, offeredAt: isSame ? before.offeredAt : null };
    this.machines.set(hostId, made);
    return made;
  }

  private differing(push: Push, made: Made): HandedExpectations | null {
    const { handed } = made;
    if (push.expectationsVersion === handed.version) return null;
    if (push.expectationsVersion !== undefined) return handed;
    if (handed.version === NOTHING.version) return null;
    const at = this.now();
    const isOffered = made.offeredAt !== null && at - made.offeredAt < REPEAT_AFTER_MS;
    if (isOffered && push.kind !== 'full') return null;
    made.offeredAt = at;
    return handed;
  }
}

function isEmpty({ services, homes }: Book): boolean {
  return services.length === 0 && homes.size === 0;
}
