/** Times in milliseconds, gathered one by one. */
export class Latencies {
  readonly #ms: number[] = [];

  add(ms: number): void {
    this.#ms.push(ms);
  }

  /** Takes over what another gathered. */
  merge(other: Latencies): void {
    for (const ms of other.#ms) this.#ms.push(ms);
  }

  get count(): number {
    return this.#ms.length;
  }

  /** The times below which these shares of all lie (0.5 is the median); NaN where there are none. */
  quantiles(shares: readonly number[]): number[] {
    const sorted = Float64Array.from(this.#ms).sort();
    return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  }
}
