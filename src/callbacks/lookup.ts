import { lookup } from 'node:dns/promises';

/** A name's addresses, all of them, best first. Rejects if it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/**
 * The system's resolver. A look-up can't be cancelled and holds one of a few threads, so those for one name share
 * one: a name server that never answers costs the others no more than that.
 */
export function systemLookup(): Lookup {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const same = underWay.get(hostname);
    if (same !== undefined) return same;
    const found = lookup(hostname, { all: true })
      .then((entries) => entries.map(({ address }) => address))
      .finally(() => underWay.delete(hostname));
    underWay.set(hostname, found);
    return found;
  };
}
