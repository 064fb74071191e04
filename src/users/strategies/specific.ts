import type { Candidate } from '../strategies.ts';

/** Nobody is assigned by itself: an administrator or a join code does it. */
export function specific(): Candidate | undefined {
  return undefined;
}
