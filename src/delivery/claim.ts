import type { Cluster } from '../cluster/cluster.ts';
import type { Tx } from '../db/open.ts';
import { claimFenced } from '../instructions/fenced-store.ts';
import type { InstructionRow } from '../instructions/instruction.ts';
import { claimPending, nextPending } from '../instructions/instruction-store.ts';

/** Who counts and follows instructions on their way out. */
export interface DeliveryObserver {
  /**
   * @param ageMs since it came
   * @param again it was out before, on this connection or another
   */
  handedOut(row: InstructionRow, transport: 'socket' | 'poll', ageMs: number, again: boolean): void;
  /** They are pending again, because their socket is gone. */
  returned(ids: readonly string[]): void;
}

/** The key of what is handed out to one TPV. */
export function tpvKey(tpvId: string): string {
  return `tpv ${tpvId}`;
}

/** A row that was just handed out. */
export interface ClaimedRow extends InstructionRow {
  /** It was out before; a closed socket gives it back with as many attempts as it had. */
  outBefore: boolean;
}

/**
 * Hands a TPV's next pending instructions out to `holder`, in the order in which they go.
 * @param cluster the holder is a socket, and another of these hubs may have the TPV's socket meanwhile: then none goes out
 */
export async function claim(
  tx: Tx,
  next: { tpvId: string; holder: string; now: number; leaseUntil: number; limit: number },
  cluster?: Pick<Cluster, 'fenced'>,
): Promise<ClaimedRow[]> {
  // Asked first: the rows that come back have their new `sent_at`.
  const pending = await tx.run(nextPending, next);
  if (pending.length === 0) return [];
  const sentBefore = new Set(pending.filter((row) => row.sent_at !== null).map((row) => row.seq));
  const rows = await tx.run(cluster === undefined ? claimPending : claimFenced, next);
  if (rows.length === 0) cluster?.fenced('claim');
  return rows
    .map((row) => ({ ...row, outBefore: sentBefore.has(row.seq) }))
    .sort((a, b) => a.priority - b.priority || a.seq - b.seq);
}
