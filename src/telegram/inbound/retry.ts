import type { Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { HubError } from '../../errors.ts';
import { INTERNAL_FAULT, type PutAside, type ReceivePorts, take, understand } from './receive.ts';

/** What became of an update that was put aside; a reason if it stays there. */
export type Retried =
  | { outcome: 'instruction' | 'answered' | 'duplicate'; reason: null }
  | { outcome: 'kept' | 'quarantined'; reason: string };

/** Writes down who retried an update, in the transaction in which that takes effect. */
export type RecordRetry = (tx: Tx, retried: Retried) => Promise<void>;

/** The bytes of an update that was put aside. */
const putAside = statement<{ seq: number }>()((db, p) =>
  db
    .selectFrom('telegram_updates')
    .select('raw')
    .where('seq', '=', p('seq'))
    .where('outcome', 'in', ['kept', 'quarantined']),
);

const takeOut = statement<{ seq: number }>()((db, p) =>
  db
    .deleteFrom('telegram_updates')
    .where('seq', '=', p('seq'))
    .where('outcome', 'in', ['kept', 'quarantined'])
    .returning('seq'),
);

const stays = statement<{ seq: number; kind: string; outcome: 'kept' | 'quarantined'; reason: string }>()((db, p) =>
  db
    .updateTable('telegram_updates')
    .set({ kind: p('kind'), outcome: p('outcome'), reason: p('reason') })
    .where('seq', '=', p('seq'))
    .where('outcome', 'in', ['kept', 'quarantined'])
    .returning('seq'),
);

/**
 * Receives an update once more that was put aside. If it is understood by now, its old row goes in the same
 * transaction in which it takes effect: that happens once, however often and by however many it is tried.
 * @param record writes down who did it, in that transaction
 * @throws HubError `not_found` if it is not (or no longer) aside, `unavailable`
 */
export async function retryUpdate(ports: ReceivePorts, seq: number, record: RecordRetry): Promise<Retried> {
  const [row] = await ports.db.query(putAside, { seq });
  if (row === undefined || row.raw === null) throw gone(seq);
  const understood = understand(ports, Buffer.from(row.raw));
  if ('reason' in understood) return leave(ports, seq, understood, record);
  try {
    return await ports.db.transact(async (tx) => {
      const [out] = await tx.run(takeOut, { seq });
      if (out === undefined) throw gone(seq);
      const { outcome } = await take(tx, ports, understood, ports.now());
      const retried = { outcome, reason: null };
      await record(tx, retried);
      tx.changed('update', String(seq));
      return retried;
    });
  } catch (error) {
    if (error instanceof HubError) throw error;
    ports.onFault(error);
    const { kind } = understood;
    return leave(ports, seq, { updateId: null, kind, outcome: 'quarantined', reason: INTERNAL_FAULT }, record);
  }
}

/** It stays, with the reason of this time. */
async function leave(
  ports: ReceivePorts,
  seq: number,
  { kind, outcome, reason }: PutAside,
  record: RecordRetry,
): Promise<Retried> {
  return ports.db.transact(async (tx) => {
    const [row] = await tx.run(stays, { seq, kind, outcome, reason });
    if (row === undefined) throw gone(seq);
    const retried = { outcome, reason };
    await record(tx, retried);
    tx.changed('update', String(seq));
    return retried;
  });
}

function gone(seq: number): HubError {
  return new HubError('not_found', `No update ${seq} is put aside.`);
}
