/** Below this every millisecond has a bucket of its own; above, each power of two is cut into as many. */
const STEPS = 16;
const STEP_BITS = 4;
/** Whatever took longer than 2^27 ms (37 h) counts as that long. */
const LARGEST_BITS = 27;
const BUCKETS = STEPS + (LARGEST_BITS - STEP_BITS) * STEPS;
const LARGEST = 2 ** LARGEST_BITS - 1;

/** How long things took, in memory that does not grow: percentiles are right to within 1/32 of their value. */
export class Latencies {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param ms whole milliseconds */
  add(ms: number): void {
    const index = bucketOf(ms);
    // Never undefined: every index that bucketOf gives is one of the buckets.
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
  }

  /** Adds what another one holds. */
  merge(other: Latencies): void {
    for (const [index, count] of other.#buckets.entries()) {
      if (count > 0) this.#buckets[index] = (this.#buckets[index] ?? 0) + count;
    }
    this.#count += other.#count;
  }

  /** What it holds, without the empty buckets, for another process to add. */
  pairs(): [bucket: number, count: number][] {
    return [...this.#buckets.entries()].filter(([, count]) => count > 0);
  }

  /** Adds what another process holds; a bucket that is none here is left out. */
  addPairs(pairs: readonly (readonly [bucket: number, count: number])[]): void {
    for (const [index, count] of pairs) {
      const before = this.#buckets[index];
      if (before === undefined) continue;
      this.#buckets[index] = before + count;
      this.#count += count;
    }
  }

  /**
   * The time within which this part of all was over.
   * @param part such as 0.99
   * @returns milliseconds; undefined if there was nothing
   */
  percentile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(this.#count * part));
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= rank) return middleOf(index);
    }
    return LARGEST;
  }
}

function bucketOf(ms: number): number {
  const value = Math.min(Math.max(0, Math.round(ms)), LARGEST);
  if (value < STEPS) return value;
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return STEPS * (shift + 1) + (value >>> shift) - STEPS;
}

function middleOf(index: number): number {
  if (index < STEPS) return index;
  const shift = Math.floor(index / STEPS) - 1;
  return ((index % STEPS) + STEPS) * 2 ** shift + (2 ** shift - 1) / 2;
}
