import type { Database, Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { NOBODY } from '../../users/nobody.ts';

const lastInstruction = statement<Record<never, never>>()((db) =>
  db.selectFrom('instructions').select((eb) => eb.fn.max('seq').as('seq')),
);

const lastOfPerson = statement<{ telegramId: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('telegram_user_id', '=', p('telegramId')),
);

const keepMark = statement<{ adminId: string; telegramId: number; upTo: number }>()((db, p) =>
  db
    .insertInto('inbox_reads')
    .values({ admin_id: p('adminId'), telegram_id: p('telegramId'), read_up_to: p('upTo') })
    .onConflict((c) =>
      c.columns(['admin_id', 'telegram_id']).doUpdateSet((eb) => ({ read_up_to: eb.ref('excluded.read_up_to') })),
    ),
);

const dropMarks = statement<{ adminId: string }>()((db, p) =>
  db.deleteFrom('inbox_reads').where('admin_id', '=', p('adminId')),
);

/** An account has read a person's conversation as far as it goes now. */
export async function markRead(tx: Tx, adminId: string, telegramId: number): Promise<void> {
  const [last] = await tx.run(lastOfPerson, { telegramId });
  await tx.run(keepMark, { adminId, telegramId, upTo: Number(last?.seq ?? 0) });
}

/** An account has read every conversation as far as it goes now. */
export async function markAllRead(tx: Tx, adminId: string): Promise<void> {
  const [last] = await tx.run(lastInstruction, {});
  await tx.run(dropMarks, { adminId });
  await tx.run(keepMark, { adminId, telegramId: NOBODY, upTo: Number(last?.seq ?? 0) });
}

const marksOf = (db: Database, adminId: string, telegramIds: readonly number[]) =>
  db.read
    .selectFrom('inbox_reads')
    .select(['telegram_id', 'read_up_to'])
    .where('admin_id', '=', adminId)
    .where('telegram_id', 'in', [NOBODY, ...telegramIds])
    .execute();

/**
 * Tells of a page of conversations which the account has not read. What came before the account was made is no news.
 * @param adminId undefined: a script, which reads nothing
 */
export async function unreadOf(
  db: Database,
  adminId: string | undefined,
  telegramIds: readonly number[],
): Promise<(telegramId: number, last: { seq: number; createdAt: number } | undefined) => boolean> {
  if (adminId === undefined) return () => false;
  const rows = await marksOf(db, adminId, telegramIds);
  const marks = new Map(rows.map((row) => [row.telegram_id, row.read_up_to]));
  const base = marks.get(NOBODY);
  const account = await db.read
    .selectFrom('admin_users')
    .select('created_at')
    .where('id', '=', adminId)
    .executeTakeFirst();
  const madeAt = account?.created_at ?? 0;
  return (telegramId, last) => {
    if (last === undefined) return false;
    const mark = Math.max(base ?? 0, marks.get(telegramId) ?? 0);
    return last.seq > mark && (base !== undefined || last.createdAt > madeAt);
  };
}
