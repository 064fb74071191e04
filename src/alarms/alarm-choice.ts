import type { Account } from '../administrators/account.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { ALARM_CODES, type AlarmCode, isAlarmCode } from './alarm.ts';

/** An account whose person hears of alarms in Telegram. */
export interface Listener {
  accountId: string;
  telegramId: number;
  muted: ReadonlySet<string>;
}

const linked = statement<object>()((db) =>
  db
    .selectFrom('admin_users')
    .select(['id', 'telegram_id', 'muted_alarms'])
    .where('telegram_id', 'is not', null)
    .orderBy('id'),
);

/** Who is linked, and hears of alarms. */
export async function listeners(db: Database): Promise<Listener[]> {
  const rows = await db.query(linked, {});
  return rows.flatMap(({ id, telegram_id: telegramId, muted_alarms: muted }) =>
    telegramId === null ? [] : [{ accountId: id, telegramId, muted: new Set(parseJson(muted)) }],
  );
}

/** Of which alarms an account's person hears nothing, in the order of the codes. */
export function mutedAlarms({ muted_alarms: muted }: Pick<Account, 'muted_alarms'>): AlarmCode[] {
  return parseJson(muted)
    .filter(isAlarmCode)
    .sort((a, b) => ALARM_CODES.indexOf(a) - ALARM_CODES.indexOf(b));
}

/** Chooses of which alarms an account's person hears nothing. */
export async function muteAlarms(tx: Tx, accountId: string, muted: readonly AlarmCode[]): Promise<void> {
  await tx.kysely
    .updateTable('admin_users')
    .set({ muted_alarms: jsonText<string[]>([...new Set(muted)]) })
    .where('id', '=', accountId)
    .execute();
  tx.changed('account', accountId);
}
