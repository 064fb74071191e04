import { type Candidate, onlineFirst } from '../strategies.ts';

/**
 * The TPV after the one that got the last user, in the order of their ids, and then from the start again.
 * @param last id of the TPV that got the last user; it need not be a candidate any more
 */
export function roundRobin(candidates: readonly Candidate[], last: string | undefined): Candidate | undefined {
  const inOrder = [...onlineFirst(candidates)].sort((a, b) => (a.id < b.id ? -1 : 1));
  return inOrder.find((candidate) => last === undefined || candidate.id > last) ?? inOrder[0];
}
