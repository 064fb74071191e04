import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a caller gave the right secret. Digests are compared, in constant time: neither the length nor how much of
 * it is right shows in the time that it takes.
 */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'));
}
