import type { Database } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';

const lastRow = statement<object>()((db) =>
  db.selectFrom('telegram_updates').select('received_at').orderBy('seq', 'desc').limit(1),
);

/** When an update was taken last, in milliseconds; undefined if none was, or the database can't be read now. */
export async function lastUpdateAt(db: Pick<Database, 'query'>): Promise<number | undefined> {
  try {
    const [row] = await db.query(lastRow, {});
    return row?.received_at;
  } catch {
    // A database that fails has its own alarm, and what Telegram says of the webhook counts without this.
    return undefined;
  }
}
