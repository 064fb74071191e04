/** A TPV that may take one more user: active, and below its `max_users`. */
export interface Candidate {
  id: string;
  userCount: number;
  online: boolean;
}

/** Those that are online; if none is, all. */
export function onlineFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const online = candidates.filter((candidate) => candidate.online);
  return online.length > 0 ? online : candidates;
}

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

/**
 * The TPV after the one that got the last user, in the order of their ids, and then from the start again.
 * @param last id of the TPV that got the last user; it need not be a candidate any more
 */
export function roundRobin(candidates: readonly Candidate[], last: string | undefined): Candidate | undefined {
  const inOrder = [...onlineFirst(candidates)].sort((a, b) => (a.id < b.id ? -1 : 1));
  return inOrder.find((candidate) => last === undefined || candidate.id > last) ?? inOrder[0];
}
