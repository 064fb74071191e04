import type { Cluster } from '../cluster/cluster.ts';
import type { Tx } from '../db/open.ts';
import { markSendingFenced } from './fenced-push-store.ts';
import type { PushRow } from './message.ts';
import { markSending } from './push-store.ts';

/**
 * Says that the message leaves now; a crash after this commit makes it `unknown`.
 * @returns no row: it may not leave, as it is not pending any more, or another hub leads
 */
export async function markLeaving(
  tx: Tx,
  cluster: Pick<Cluster, 'isShared' | 'id' | 'term' | 'fenced'>,
  id: string,
): Promise<PushRow[]> {
  if (!cluster.isShared) return tx.run(markSending, { id });
  const term = cluster.term('telegram');
  const rows = term === undefined ? [] : await tx.run(markSendingFenced, { id, hubId: cluster.id, term });
  if (rows.length === 0) tx.afterCommit(() => cluster.fenced('send'));
  return rows;
}
