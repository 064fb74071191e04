import type { Kysely } from 'kysely';
import type { Schema } from '../../src/db/schema.ts';
import type { TestHub } from './hub.ts';

/**
 * Changes the database behind the hub's back, in a transaction of its own: a statement on the connection that writes
 * would fall into whatever transaction is open there, and fail with it.
 */
export async function behindItsBack(
  { hub }: Pick<TestHub, 'hub'>,
  change: (db: Kysely<Schema>) => Promise<unknown>,
): Promise<void> {
  await hub.db.transact((tx) => change(tx.kysely));
}
