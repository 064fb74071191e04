import { type LostSocket, releaseLostSockets } from '../cluster/burial.ts';
import type { Database, Tx } from '../db/open.ts';
import { releaseLost, releaseUnknown } from '../instructions/fenced-store.ts';
import { POLL_HOLDER } from '../instructions/instruction.ts';

/** Returns what sockets of dead hubs held to pending, as part of the transaction that takes their rows away. */
export async function releaseLostRows(tx: Tx, lost: readonly LostSocket[]): Promise<void> {
  const holders = Object.fromEntries(lost.map(({ tpvId, sessionId }) => [sessionId, tpvId]));
  const released = await tx.run(releaseLost, { lost: JSON.stringify(holders) });
  for (const tpvId of new Set(released.map((row) => row.tpv_id))) {
    if (tpvId !== null) tx.emit({ type: 'instruction.ready', tpvId });
  }
}

/** At the start of a hub that shares its database: returns what sockets held that no hub has to pending. */
export async function recoverShared(db: Database): Promise<void> {
  await releaseLostSockets(db, releaseLostRows);
  await db.transact((tx) => tx.run(releaseUnknown, { poll: POLL_HOLDER }));
}
