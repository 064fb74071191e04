/** What happened within some time. */
export interface Counts {
  updates: number;
  instructions: number;
  completed: number;
  failed: number;
  pushes: number;
  pushes_failed: number;
}

export const COUNTED = ['updates', 'instructions', 'completed', 'failed', 'pushes', 'pushes_failed'] as const;

export function noCounts(): Counts {
  return { updates: 0, instructions: 0, completed: 0, failed: 0, pushes: 0, pushes_failed: 0 };
}

export function addCounts(to: Counts, from: Readonly<Counts>): void {
  for (const key of COUNTED) to[key] += from[key];
}

/** Failures that are an alarm whatever was done meanwhile. */
const MANY_FAILURES = 3;
/** One that fails alone tells nothing of the next. */
const LEAST_JUDGED = 2;

/** Whether so many failures are more than chance. */
export function areFailing({ failed, completed }: Pick<Counts, 'failed' | 'completed'>): boolean {
  if (failed >= MANY_FAILURES) return true;
  const all = failed + completed;
  return failed * 2 >= all && all >= LEAST_JUDGED;
}

const SECONDS = 60;

/** What happened in each of the last 60 seconds. */
export class LastMinute {
  readonly #seconds: Counts[] = Array.from({ length: SECONDS }, noCounts);
  #at: number;
  /** The second that runs. */
  current: Counts;

  /** @param second since some moment */
  constructor(second: number) {
    this.#at = second;
    this.current = noCounts();
    this.#seconds[second % SECONDS] = this.current;
  }

  /** Time went on; seconds without a call were empty. */
  moveTo(second: number): void {
    if (second <= this.#at) return;
    for (let one = Math.max(this.#at + 1, second - SECONDS + 1); one <= second; one++) {
      this.current = noCounts();
      this.#seconds[one % SECONDS] = this.current;
    }
    this.#at = second;
  }

  /** @param seconds how far back, 60 at the most; the running one is the last of them */
  sum(seconds = SECONDS): Counts {
    const sum = noCounts();
    for (let back = 0; back < seconds; back++) {
      const one = this.#seconds[(this.#at - back + SECONDS) % SECONDS];
      if (one !== undefined) addCounts(sum, one);
    }
    return sum;
  }
}
