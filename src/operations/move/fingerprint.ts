import { hash } from 'node:crypto';

/** A value of a row as both databases can say it: text (numbers too), bytes, or nothing. */
export type Value = string | Buffer | null;

/** Bits of each row's hash that are added up. */
const BITS = 128;

/**
 * What a table holds, whatever the order of its rows: how many there are, and the sum of their hashes. Two tables with
 * the same fingerprint hold the same.
 */
export class Fingerprint {
  #rows = 0;
  #sum = 0n;

  add(row: readonly Value[]): void {
    // A length before each value: ("ab", "c") and ("a", "bc") are two rows.
    const parts = row.map((value) => {
      if (value === null) return '-';
      return typeof value === 'string' ? `t${value.length}:${value}` : `b${value.length}:${value.toString('hex')}`;
    });
    this.#sum = BigInt.asUintN(BITS, this.#sum + BigInt(`0x${hash('sha256', parts.join(','), 'hex')}`));
    this.#rows++;
  }

  get rows(): number {
    return this.#rows;
  }

  equals(other: Fingerprint): boolean {
    return this.#rows === other.#rows && this.#sum === other.#sum;
  }
}
