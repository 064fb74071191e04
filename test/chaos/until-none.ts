import SqliteDatabase from 'better-sqlite3';

/** Instructions that have not ended, and messages that are not settled; queries that count. */
export const OPEN_INSTRUCTIONS = 'select count(*) from instructions where due_at is not null';
export const WAITING_PUSHES = 'select count(*) from push_messages where not_before is not null';

const LOOK_MS = 200;
/** Looks without a change before it gives up: two minutes, twice what a lease lasts that a TPV left behind. */
const PATIENCE = 600;

/** Waits until `query` counts nothing in a SQLite file, for as long as the number still falls. */
export async function untilNone(file: string, query: string): Promise<void> {
  const db = new SqliteDatabase(file, { readonly: true });
  const count = db.prepare<[], number>(query).pluck();
  try {
    await untilZero(async () => count.get() ?? 0);
  } finally {
    db.close();
  }
}

/** Waits until `count` gives 0, for as long as the number still falls. */
export async function untilZero(count: () => Promise<number>): Promise<void> {
  for (let left = Number.POSITIVE_INFINITY, patience = 0; patience < PATIENCE; patience++) {
    const now = await count();
    if (now === 0) return;
    if (now < left) patience = 0;
    // A number that goes up and down again has not fallen.
    left = Math.min(left, now);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
