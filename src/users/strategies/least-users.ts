import { type Candidate, onlineFirst } from '../strategies.ts';

/** The TPV with the fewest users; among equals the one registered first (ids grow with time). */
export function leastUsers(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of onlineFirst(candidates)) {
    const fewer = best === undefined || candidate.userCount < best.userCount;
    const earlier = candidate.userCount === best?.userCount && candidate.id < best.id;
    if (fewer || earlier) best = candidate;
  }
  return best;
}
