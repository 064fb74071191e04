/** A TPV that may take one more user: active, and below its `max_users`. */
export interface Candidate {
  id: string;
  userCount: number;
  online: boolean;
}

/** Those online where there are any, else all. */
export function onlineFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const online = candidates.filter((candidate) => candidate.online);
  return online.length > 0 ? online : candidates;
}
