import { sql } from 'kysely';
import { uuidv7Floor } from '../ids.ts';
import type { Database } from './open.ts';

/** A span of time, in milliseconds: from this moment on, before that one. */
export interface TimeRange {
  from?: number | undefined;
  to?: number | undefined;
}

/** Between which row numbers a list, newest first, is read. */
export interface RowRange {
  /** Only rows before this number. */
  before: number | undefined;
  /** No row before this number. */
  first: number | undefined;
}

/**
 * Row numbers grow with time, but for the moment that a row waits for its commit and the difference between two hubs'
 * clocks. A range of time becomes one of row numbers with this much to spare; each row is looked at then.
 */
const CLOCK_SLACK_MS = 60_000;

/**
 * The row numbers in which to look for rows of a time.
 * @param before the row at which the page before ended
 * @param firstSince the number of the first row of a moment or later; undefined if there is none
 * @returns undefined if there is no such row
 */
export async function rowRange(
  { from, to }: TimeRange,
  before: number | undefined,
  firstSince: (ms: number) => Promise<number | undefined>,
): Promise<RowRange | undefined> {
  const first = from === undefined ? undefined : await firstSince(from - CLOCK_SLACK_MS);
  if (from !== undefined && first === undefined) return undefined;
  const end = to === undefined ? undefined : await firstSince(to + CLOCK_SLACK_MS);
  return { first, before: before !== undefined && end !== undefined ? Math.min(before, end) : (before ?? end) };
}

/** The number of the first row of this moment or later, through the index of the ids, which are UUIDv7. */
export async function firstRowSince(
  db: Database,
  table: 'instructions' | 'push_messages',
  ms: number,
): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number }>`
    select seq from ${sql.table(table)} where id >= ${uuidv7Floor(ms)} order by id limit 1`.execute(db.read);
  return rows[0]?.seq;
}
