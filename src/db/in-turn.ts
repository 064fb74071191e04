/** Runs `run` once everything that was asked for before under this key is over. */
export type Turns = <T>(key: string, run: () => Promise<T>) => Promise<T>;

/** Runs what is asked for under one key one after the other, in the order in which it was asked for. */
export function inTurn(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return <T>(key: string, run: () => Promise<T>) => {
    const before = last.get(key);
    const mine = before === undefined ? run() : before.then(run, run);
    last.set(key, mine);
    const forget = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  };
}
