import type { Correction } from '../clock.ts';
import { raiseAccessEpoch } from '../db/epoch.ts';
import { movedTime } from '../db/moved-time.ts';
import type { Database, Transact, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { panelOnly } from '../wording/wording.ts';
import { hashApiKey, type NewApiKey, newApiKey } from './api-key.ts';
import type { Tpv } from './tpv.ts';

/** How long the previous key works after a rotation (docs/security.md, S4). */
export const KEY_OVERLAP_MS = 24 * 3_600_000;
/** Imported keys may be of any shape, from this length (S4). */
export const LEAST_IMPORTED_KEY_LENGTH = 20;
/** The last use is stored at most this often (S4). */
const USE_RECORD_INTERVAL_MS = 60_000;

/** A caller that showed a valid key. */
export interface Credential {
  tpv: Tpv;
  keyId: string;
}

const keyByHash = statement<{ hash: string; now: number }>()((db, p) =>
  db
    .selectFrom('api_keys')
    .innerJoin('tpv_instances', 'tpv_instances.id', 'api_keys.tpv_id')
    .selectAll('tpv_instances')
    .select(['api_keys.id as key_id', 'api_keys.last_used_at'])
    .where('api_keys.hash', '=', p('hash'))
    .where('tpv_instances.deleted_at', 'is', null)
    .where((eb) => eb.or([eb('api_keys.valid_until', 'is', null), eb('api_keys.valid_until', '>', p('now'))])),
);

const recordUse = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('api_keys')
    .set({ last_used_at: p('now') })
    .where('id', '=', p('id')),
);

/** The TPV that this key belongs to, or undefined if it is unknown, rotated out or revoked. */
export async function authenticate(db: Database, key: string, now: number): Promise<Credential | undefined> {
  const [row] = await db.query(keyByHash, { hash: hashApiKey(key), now });
  if (row === undefined) return undefined;
  const { key_id: keyId, last_used_at: lastUsedAt, ...tpv } = row;
  if (lastUsedAt === null || now - lastUsedAt >= USE_RECORD_INTERVAL_MS) {
    // No caller waits for this: a lost record of a use costs nothing.
    db.transact((tx) => tx.run(recordUse, { id: keyId, now }), { key: `key ${keyId}` }).catch(() => {});
  }
  return { tpv, keyId };
}

const keyStillValid = statement<{ id: string; now: number }>()((db, p) =>
  db
    .selectFrom('api_keys')
    .innerJoin('tpv_instances', 'tpv_instances.id', 'api_keys.tpv_id')
    .select('tpv_instances.is_active')
    .where('api_keys.id', '=', p('id'))
    .where('tpv_instances.deleted_at', 'is', null)
    .where((eb) => eb.or([eb('api_keys.valid_until', 'is', null), eb('api_keys.valid_until', '>', p('now'))])),
);

/** Whether a key that was accepted before still lets its TPV in. */
export async function accessOf(db: Database, keyId: string, now: number): Promise<'granted' | 'inactive' | 'revoked'> {
  const [row] = await db.query(keyStillValid, { id: keyId, now });
  if (row === undefined) return 'revoked';
  return row.is_active === 1 ? 'granted' : 'inactive';
}

/** Stores a key for a TPV; part of registering it. */
export async function addKey(tx: Tx, tpvId: string, key: NewApiKey, now: number): Promise<void> {
  await tx.kysely
    .insertInto('api_keys')
    .values({
      id: uuidv7(now),
      tpv_id: tpvId,
      hash: key.hash,
      prefix: key.prefix,
      created_at: now,
      valid_until: null,
      last_used_at: null,
    })
    .execute();
  tx.changed('tpv', tpvId);
}

/**
 * Gives the TPV a new key; the one before works `KEY_OVERLAP_MS` more, and any older one stops now, so that never
 * more than two are valid.
 */
export async function rotateKey(
  tx: Tx,
  tpvId: string,
  now: number,
): Promise<{ key: string; previousValidUntil: number }> {
  const key = newApiKey();
  const previousValidUntil = now + KEY_OVERLAP_MS;
  await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', tpvId).where('valid_until', 'is not', null).execute();
  await tx.kysely
    .updateTable('api_keys')
    .set({ valid_until: previousValidUntil })
    .where('tpv_id', '=', tpvId)
    .execute();
  await addKey(tx, tpvId, key, now);
  await raiseAccessEpoch(tx);
  return { key: key.key, previousValidUntil };
}

/** Puts the times of keys and secrets right after the clock was corrected: a rotated one works for what was left of its day. */
export async function correctKeys(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  for (const table of ['api_keys', 'signing_secrets'] as const) {
    await tx.kysely
      .updateTable(table)
      .set({ valid_until: movedTime('valid_until', aheadMs, now + KEY_OVERLAP_MS) })
      .where('valid_until', '>', now - aheadMs)
      .execute();
  }
  await tx.kysely.updateTable('api_keys').set({ last_used_at: now }).where('last_used_at', '>', now).execute();
}

/** What may be shown of a TPV's keys, the newest first. */
export const keysOfTpv = statement<{ tpvId: string }>()((db, p) =>
  db
    .selectFrom('api_keys')
    .select(['id', 'prefix', 'created_at', 'valid_until', 'last_used_at'])
    .where('tpv_id', '=', p('tpvId'))
    .orderBy('id', 'desc'),
);

/**
 * Lets a TPV in with a key that it already has.
 * @throws HubError `invalid_request` if the key is shorter than 20 characters or another TPV's
 */
export async function importKey(transact: Transact, tpvId: string, key: string, now: number): Promise<void> {
  if (key.length < LEAST_IMPORTED_KEY_LENGTH)
    throw refusedKey('it has fewer than 20 characters', 'debe tener al menos 20 caracteres');
  const hash = hashApiKey(key);
  await transact(async (tx) => {
    const owner = await tx.kysely.selectFrom('api_keys').select('tpv_id').where('hash', '=', hash).executeTakeFirst();
    if (owner?.tpv_id === tpvId) return;
    if (owner !== undefined) throw refusedKey('it is another TPV’s already', 'ya es de otro TPV');
    await addKey(tx, tpvId, { key, hash, prefix: key.slice(0, 8) }, now);
  });
}

function refusedKey(why: string, message: string): HubError {
  return new HubError('invalid_request', `The key can not be imported: ${why}.`, {
    details: [{ path: 'key', message: panelOnly(message, why) }],
  });
}

/** Ends every key of the TPV at once. */
export async function revokeKeys(tx: Tx, tpvId: string): Promise<void> {
  await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', tpvId).execute();
  tx.changed('tpv', tpvId);
  await raiseAccessEpoch(tx);
}
