import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { openDatabase } from '../db/open.ts';
import { lastUpdateAt } from '../telegram/inbound/last-update.ts';

/** When the hub of this configuration took an update last, in milliseconds; undefined if its database can't tell. */
export async function lastUpdateOf(config: Config): Promise<number | undefined> {
  const path = /^sqlite:(.+)$/.exec(config.DATABASE_URL)?.[1];
  // Looking must not make it.
  if (path !== undefined && !existsSync(path)) return undefined;
  let db: ReturnType<typeof openDatabase>;
  try {
    db = openDatabase(config);
  } catch {
    return undefined;
  }
  try {
    return await lastUpdateAt(db);
  } finally {
    await db.close();
  }
}
