import SqliteDatabase from 'better-sqlite3';
import { freshDatabase } from './hub.ts';

/** The URL of a hub's SQLite database that takes a while to copy. */
export async function largeDatabase(megabytes: number): Promise<string> {
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const db = new SqliteDatabase(databaseUrl.slice('sqlite:'.length));
  const insert = db.prepare('insert into settings (key, value) values (?, ?)');
  db.transaction(() => {
    for (let i = 0; i < megabytes; i++) insert.run(`filler ${i}`, 'x'.repeat(1_000_000));
  })();
  db.close();
  return databaseUrl;
}
