import type { ServiceState } from '#protocol';

/** A TPV that may take one more user: active, and below its `max_users`. */
export interface Candidate {
  id: string;
  userCount: number;
  online: boolean;
  service: ServiceState;
}

/** How well a state suits a new person; less is better. */
const RANKS: Readonly<Record<ServiceState, number>> = { open: 0, busy: 1, paused: 2, closed: 2 };

/**
 * Those that suit a new person best: online before offline, as one that is off may be off for good, and a person stays;
 * of these the open ones, then the busy ones, and last those that are paused or closed.
 */
export function bestSuited(candidates: readonly Candidate[]): readonly Candidate[] {
  let best = Number.POSITIVE_INFINITY;
  let suited: Candidate[] = [];
  for (const candidate of candidates) {
    const rank = (candidate.online ? 0 : 10) + RANKS[candidate.service];
    if (rank > best) continue;
    if (rank < best) suited = [];
    best = rank;
    suited.push(candidate);
  }
  return suited;
}

/** The TPV with the fewest users; among equals the one registered first (ids grow with time). */
export function leastUsers(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of bestSuited(candidates)) {
    const fewer = best === undefined || candidate.userCount < best.userCount;
    const earlier = candidate.userCount === best?.userCount && candidate.id < best.id;
    if (fewer || earlier) best = candidate;
  }
  return best;
}

/**
 * The TPV after the one that got the last user, in the order of their ids, and then from the start again.
 * @param last id of the TPV that got the last user; it need not be a candidate any more
 */
export function roundRobin(candidates: readonly Candidate[], last: string | undefined): Candidate | undefined {
  const inOrder = [...bestSuited(candidates)].sort((a, b) => (a.id < b.id ? -1 : 1));
  return inOrder.find((candidate) => last === undefined || candidate.id > last) ?? inOrder[0];
}
