import type { Attempt } from './tx.ts';

/** What happens to a job once its batch is on disk. */
export interface Settlement {
  /** Undefined where it was refused, and so has nothing to say. */
  attempt: Attempt | undefined;
  order: number;
  settle(): void;
  reject(error: unknown): void;
}

/**
 * Tells a batch that is on disk: its answers first, then what happened, each in the given order, and then the
 * callers.
 */
export function settleAll(settlements: readonly Settlement[]): void {
  for (const one of settlements) tell(one, (attempt) => attempt.answered());
  for (const one of settlements) tell(one, (attempt) => attempt.committed());
  for (const one of settlements) one.settle();
}

function tell(one: Settlement, say: (attempt: Attempt) => void): void {
  if (one.attempt === undefined) return;
  try {
    say(one.attempt);
  } catch (error) {
    // It is committed all the same: its own caller gets the fault, and the other jobs of the batch do not.
    one.settle = () => one.reject(error);
  }
}
