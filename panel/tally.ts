/** Puts what has the same reason together; those that occur most come first. */
export function tally<Item, Reason extends string>(
  items: readonly Item[],
  reasonOf: (item: Item) => Reason,
): [Reason, Item[]][] {
  const groups = new Map<Reason, Item[]>();
  for (const item of items) {
    const reason = reasonOf(item);
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [item]);
    else group.push(item);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}
