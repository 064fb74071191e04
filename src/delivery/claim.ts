import type { Tx } from '../db/open.ts';
import type { InstructionRow } from '../instructions/instruction.ts';
import { claimPending } from '../instructions/instruction-store.ts';

/** Who counts and follows instructions on their way out. */
export interface DeliveryObserver {
  /** @param ageMs since it came */
  handedOut(row: InstructionRow, transport: 'socket' | 'poll', ageMs: number): void;
  /** They are pending again, because their socket is gone. */
  returned(ids: readonly string[]): void;
}

/** Hands a TPV's next pending instructions out to `holder`, in the order in which they go. */
export async function claim(
  tx: Tx,
  next: { tpvId: string; holder: string; now: number; leaseUntil: number; limit: number },
): Promise<InstructionRow[]> {
  const rows = await tx.run(claimPending, next);
  return rows.sort((a, b) => a.priority - b.priority || a.seq - b.seq);
}
