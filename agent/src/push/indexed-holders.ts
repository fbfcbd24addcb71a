import type { Holder, Indexed } from '../contract.ts';

/** Collects the holders of one push body, each process once. */
export class Processes {
  readonly #indices = new Map<string, number>();
  readonly #list: Holder[] = [];

  get list(): readonly Holder[] {
    return this.#list;
  }

  /** Its holders replaced by indices into {@link list}. */
  index<T extends { readonly holders: readonly Holder[] }>(holding: T): Indexed<T> {
    return { ...holding, holders: holding.holders.map((holder) => this.#indexOf(holder)) };
  }

  /** An exec keeps pid and start, so what a process was at an event may differ from what it is: both stay. */
  #indexOf(holder: Holder): number {
    const key = `${holder.pid} ${holder.startTicks ?? '?'} ${holder.programKey}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.#list.length);
    return this.#list.push(holder) - 1;
  }
}
