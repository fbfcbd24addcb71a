import { createHash } from 'node:crypto';
import type { Expectation, HandedExpectations, Host } from '@portlight/agent/contract';
import type { KeptFleetHome } from '../store/expectation-store.ts';
import type { StoreReader } from '../store/store.ts';
import type { ExpectationsDocument, ServiceDeclaration } from '../views.ts';
import { expectationOf, NOTHING_EXPECTED } from './document.ts';
import { isSupported, toHanded } from './fleet-home.ts';
import { isFor } from './selected.ts';

/** What is expected of the fleet at one revision. */
export interface Book {
  readonly services: readonly DeclaredService[];
  /** By program key; those that most machines have now. */
  readonly homes: ReadonlyMap<string, readonly KeptFleetHome[]>;
}

interface DeclaredService {
  readonly declaration: ServiceDeclaration;
  readonly expectation: Expectation;
}

/** A machine as far as it decides what is expected of it. */
export interface ExpectedMachine {
  readonly host: Pick<Host, 'name' | 'labels'>;
  /** Of programs it runs, or has run lately. */
  readonly programKeys: ReadonlySet<string>;
}

export function bookOf({ services }: ExpectationsDocument, homes: readonly KeptFleetHome[]): Book {
  return {
    services: services.map((declaration) => ({ declaration, expectation: expectationOf(declaration) })),
    homes: Map.groupBy(homes.filter(isSupported), ({ programKey }) => programKey),
  };
}

export const EMPTY_BOOK = bookOf(NOTHING_EXPECTED, []);

/** A machine's part of it. Another count behind a home makes no other version: it is handed when something else changes. */
export function handedTo({ services, homes }: Book, { host, programKeys }: ExpectedMachine): HandedExpectations {
  const own = services.filter(({ declaration }) => isFor(declaration, host)).map(({ expectation }) => expectation);
  const places = [...programKeys].toSorted().flatMap((key) => (homes.get(key) ?? []).map(toHanded));
  const version = shortHash([own, places.map(({ programKey, address, port }) => [programKey, address, port])]);
  return { version, services: own, homes: places };
}

function shortHash(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** What is expected of the fleet, as this process knows it: read again when the store's revision is another one. */
export class ExpectationBook {
  private revision: number | null = null;
  private book: Book = EMPTY_BOOK;

  constructor(private readonly reader: StoreReader) {}

  /** The same object as long as nothing changed. */
  get current(): Book {
    return this.book;
  }

  /** Whoever stored something, this process knows it after that. */
  async refresh(): Promise<void> {
    // Read first: what is stored meanwhile has a later one, and is read at the next turn.
    const revision = await this.reader.handedRevision();
    if (revision === this.revision) return;
    const kept = await this.reader.expectations();
    this.book = bookOf(kept?.document ?? NOTHING_EXPECTED, await this.reader.fleetHomes());
    this.revision = revision;
  }
}
