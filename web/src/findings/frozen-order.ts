/** A list as it is drawn while something in it is pointed at. */
interface FrozenList<T> {
  readonly rows: readonly { readonly item: T; readonly isGone: boolean }[];
  /** Items that are not drawn yet. */
  readonly newOnes: number;
}

/** What is known now in the places of what was shown before: nothing moves, what is gone stays, what is new waits. */
export function inFrozenOrder<T extends { readonly id: string }>(
  shown: readonly T[],
  latest: readonly T[],
): FrozenList<T> {
  const byId = new Map(latest.map((item) => [item.id, item]));
  const rows = shown.map((before) => {
    const item = byId.get(before.id);
    byId.delete(before.id);
    return { item: item ?? before, isGone: item === undefined };
  });
  return { rows, newOnes: byId.size };
}
