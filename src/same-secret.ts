import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a caller gave the right secret. Digests are compared, in constant time: neither the length nor how much of
 * it is right shows in the time that it takes.
 */
export function sameSecret(given: string, expected: string): boolean {
  return secretCheck(expected)(given);
}

/** The same for a secret that is asked for thousands of times a second: its own digest is made once. */
export function secretCheck(expected: string): (given: string) => boolean {
  const digest = digestOf(expected);
  return (given) => timingSafeEqual(digestOf(given), digest);
}

function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
