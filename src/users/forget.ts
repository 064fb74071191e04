import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { releaseSlot } from './assign.ts';

const deleteUser = statement<{ telegramId: number }>()((db, p) =>
  db.deleteFrom('telegram_users').where('telegram_id', '=', p('telegramId')).returning(['tpv_id', 'language_code']),
);

/**
 * Forgets who a person is, and frees their place at their TPV; writing again makes them known anew.
 * @returns the TPV that attended them, and their language; undefined if the hub does not know them
 */
export async function forgetUser(
  tx: Tx,
  telegramId: number,
): Promise<{ tpvId: string | null; languageCode: string } | undefined> {
  const [user] = await tx.run(deleteUser, { telegramId });
  if (user === undefined) return undefined;
  const { tpv_id: tpvId, language_code: languageCode } = user;
  tx.changed('user', String(telegramId));
  if (tpvId === null) return { tpvId, languageCode };
  await tx.run(releaseSlot, { tpvId });
  tx.changed('tpv', tpvId);
  tx.emit({ type: 'tpv.available', tpvId });
  return { tpvId, languageCode };
}
