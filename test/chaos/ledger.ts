import type { HubClient } from '#hub-client';

/** What is known outside the hub of the updates that got 200. */
export interface Ledger {
  accepted: number;
  /** Got 200, and the database that is there in the end does not hold it. */
  lost: number;
  /** Got 200, and no TPV ever saw it. */
  unseen: number;
  /** Updates that became more than one row. */
  doubledRows: number;
  /** Answers that were neither 200 nor 503. */
  strangeAnswers: string[];
  /** How often the TPV's connection ended while the hub only waited for its database. */
  cut: number;
}

/** Has a TPV complete every message; gives the numbers of the updates that it sees, as they come. */
export function updatesSeenBy(client: HubClient): ReadonlySet<number> {
  const seen = new Set<number>();
  client.on('process_message', ({ payload }) => {
    seen.add(Number(/\d+$/.exec(String(payload.text))?.[0]));
    return {};
  });
  return seen;
}

/** Counts how often a TPV is not connected any more, until `stop` is called. */
export function cutsOf(client: HubClient): { count: number; stop(): void } {
  const cuts = {
    count: 0,
    stop: client.onStatus(({ state }) => {
      if (state !== 'online') cuts.count++;
    }),
  };
  return cuts;
}
