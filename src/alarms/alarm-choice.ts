import type { Account } from '../administrators/account.ts';
import { tpvsOfAccounts } from '../administrators/account-tpvs.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { ALARM_CODES, type Alarm, type AlarmCode, isAlarmCode, TPV_ALARM_CODES } from './alarm.ts';

/** An account whose person hears of alarms in Telegram. */
export interface Listener {
  accountId: string;
  telegramId: number;
  muted: ReadonlySet<string>;
  /** Of a manager: of which TPVs alone they hear; undefined: of everything. */
  tpvIds: ReadonlySet<string> | undefined;
}

const linked = statement<object>()((db) =>
  db
    .selectFrom('admin_users')
    .select(['id', 'telegram_id', 'muted_alarms', 'role'])
    .where('telegram_id', 'is not', null)
    .orderBy('id'),
);

/** Who is linked, and hears of alarms. */
export async function listeners(db: Database): Promise<Listener[]> {
  const rows = await db.query(linked, {});
  const isManaged = rows.some(({ role }) => role === 'manager');
  const tpvs = isManaged ? await tpvsOfAccounts(db) : new Map<string, { id: string }[]>();
  return rows.flatMap(({ id, telegram_id: telegramId, muted_alarms: muted, role }) => {
    if (telegramId === null) return [];
    const tpvIds = role === 'manager' ? new Set((tpvs.get(id) ?? []).map((tpv) => tpv.id)) : undefined;
    return [{ accountId: id, telegramId, muted: new Set(parseJson(muted)), tpvIds }];
  });
}

/** Whether a person hears of an alarm. */
export function hearsOf({ muted, tpvIds }: Listener, { code, tpv }: Pick<Alarm, 'code' | 'tpv'>): boolean {
  return !muted.has(code) && (tpvIds === undefined || (tpv !== null && tpvIds.has(tpv.id)));
}

/** Of which alarms an account's person may hear. */
export function alarmsFor({ role }: Pick<Account, 'role'>): readonly AlarmCode[] {
  return role === 'manager' ? TPV_ALARM_CODES : ALARM_CODES;
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
