import type { Finding, FindingCause, Listener, Snapshot } from '../../src/contract.ts';

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
  /** Every cause it ever named. */
  readonly causes: readonly FindingCause[];
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

  /** What was said at each change of findings or causes, and last. */
  get history(): readonly Facts[] {
    return this.#last === null ? this.#history : [...this.#history, this.#last];
  }

  look({ findings, listeners }: Snapshot): void {
    const before = gistOf(this.#now);
    this.#now = findings.filter((finding) => this.#isOurs(finding));
    for (const latest of this.#now) {
      const before = this.#seen.get(latest.id)?.causes ?? [];
      this.#seen.set(latest.id, { latest, causes: union(before, latest.causes) });
    }
    const ours = listeners.filter((listener) => this.#isOurs(listener));
    this.#last = { at: new Date().toISOString(), findings: this.#now, listeners: ours };
    if (gistOf(this.#now) !== before) this.#history.push(this.#last);
  }

  #isOurs({ port, holders }: Pick<Finding, 'port' | 'holders'>): boolean {
    const pids = this.#pids();
    return (port !== null && this.#ports.has(port)) || holders.some(({ pid }) => pids.has(pid));
  }
}

/** What a change of is worth keeping. */
function gistOf(findings: readonly Finding[]): string {
  return findings
    .map(({ id, severity, flapping, causes }) => [id, severity, flapping?.count, ...causes.map(causeText)].join(' '))
    .join();
}

function union(one: readonly FindingCause[], other: readonly FindingCause[]): readonly FindingCause[] {
  const known = new Set(one.map(causeText));
  return [...one, ...other.filter((cause) => !known.has(causeText(cause)))];
}

function causeText({ kind, cause, port, pid }: FindingCause): string {
  return [kind, cause, port, pid].join('/');
}
