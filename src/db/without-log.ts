import SqliteDatabase from 'better-sqlite3';

/** Makes a copy one file that can be read from anywhere, even from a disk that is read-only. */
export function withoutLog(file: string): void {
  const copy = new SqliteDatabase(file);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}
