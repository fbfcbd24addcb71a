import type { Finding, Listener, Snapshot } from '../../src/contract.ts';

/** What the agent said at one moment of one scenario. */
export interface Facts {
  /** RFC 3339, when the answer came. */
  readonly at: string;
  readonly findings: readonly Finding[];
  readonly listeners: readonly Listener[];
}

export interface Sighting {
  /** As it was said last. */
  readonly latest: Finding;
  readonly firstSeenMs: number;
}

/** The findings of one scenario, which has its ports for itself. */
export class Sightings {
  readonly #ports: ReadonlySet<number>;
  readonly #pids: () => ReadonlySet<number>;
  readonly #seen = new Map<string, Sighting>();
  readonly #history: Facts[] = [];
  #now: readonly Finding[] = [];
  #last: Facts | null = null;

  /** `pids`: of the processes of the scenario so far. */
  constructor(ports: readonly number[], pids: () => ReadonlySet<number>) {
    this.#ports = new Set(ports);
    this.#pids = pids;
  }

  get now(): readonly Finding[] {
    return this.#now;
  }

  /** Every finding there ever was, by id. */
  get seen(): ReadonlyMap<string, Sighting> {
    return this.#seen;
  }

  /** What was said at each change of the findings' ids, and last. */
  get history(): readonly Facts[] {
    return this.#last === null ? this.#history : [...this.#history, this.#last];
  }

  look({ findings, listeners }: Snapshot): void {
    const before = idsOf(this.#now);
    this.#now = findings.filter((finding) => this.#isOurs(finding));
    const atMs = Date.now();
    for (const latest of this.#now) {
      const firstSeenMs = this.#seen.get(latest.id)?.firstSeenMs ?? atMs;
      this.#seen.set(latest.id, { latest, firstSeenMs });
    }
    const ours = listeners.filter((listener) => this.#isOurs(listener));
    this.#last = { at: new Date(atMs).toISOString(), findings: this.#now, listeners: ours };
    if (idsOf(this.#now) !== before) this.#history.push(this.#last);
  }

  #isOurs({ port, holders }: Pick<Finding, 'port' | 'holders'>): boolean {
    const pids = this.#pids();
    return (port !== null && this.#ports.has(port)) || holders.some(({ pid }) => pids.has(pid));
  }
}

function idsOf(findings: readonly Finding[]): string {
  return findings.map(({ id }) => id).join();
}
