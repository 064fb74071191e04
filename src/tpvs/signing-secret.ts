import { randomBytes } from 'node:crypto';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { uuidv7 } from '../ids.ts';
import { KEY_OVERLAP_MS } from './keys.ts';

/** As Standard Webhooks asks for: 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** Signatures of one call at most: restaurants may share a host, and a call of a bare URL names none of them. */
const MOST_SIGNERS = 10;

const ofTpv = statement<{ tpvId: string; now: number }>()((db, p) =>
  db
    .selectFrom('signing_secrets')
    .select('secret')
    .where('tpv_id', '=', p('tpvId'))
    .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', p('now'))]))
    .orderBy('created_at', 'desc'),
);

const ofOrigin = statement<{ origin: string; now: number }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .innerJoin('signing_secrets', 'signing_secrets.tpv_id', 'tpv_instances.id')
    .select('secret')
    .where('endpoint_origin', '=', p('origin'))
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', p('now'))]))
    .orderBy('signing_secrets.created_at', 'desc')
    .limit(MOST_SIGNERS),
);

/**
 * What a call of this origin is signed with (docs/security.md, S31), the newest first.
 * @param tpvId whose button it is; null for a TPV that talks to Telegram itself: then those of the origin's TPVs
 */
export async function signingSecrets(
  db: Database,
  origin: string,
  tpvId: string | null,
  now: number,
): Promise<readonly string[]> {
  const rows = await (tpvId === null ? db.query(ofOrigin, { origin, now }) : db.query(ofTpv, { tpvId, now }));
  return rows.map(({ secret }) => secret);
}

/** Gives a TPV a secret; part of making the TPV. */
export async function addSigningSecret(tx: Tx, tpvId: string, now: number): Promise<string> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  await tx.kysely
    .insertInto('signing_secrets')
    .values({ id: uuidv7(now), tpv_id: tpvId, secret, created_at: now, valid_until: null })
    .execute();
  return secret;
}

/** Gives the TPV a new secret; calls are signed with the one before, too, as long as a key before works. */
export async function rotateSigningSecret(
  tx: Tx,
  tpvId: string,
  now: number,
): Promise<{ secret: string; previousValidUntil: number }> {
  const previousValidUntil = now + KEY_OVERLAP_MS;
  const secrets = tx.kysely.updateTable('signing_secrets').where('tpv_id', '=', tpvId);
  await deleteSigningSecrets(tx, tpvId, 'rotated out');
  await secrets.set({ valid_until: previousValidUntil }).execute();
  const secret = await addSigningSecret(tx, tpvId, now);
  tx.changed('tpv', tpvId);
  return { secret, previousValidUntil };
}

/** Deletes a TPV's secrets: all of them, or those that a rotation has replaced. */
export async function deleteSigningSecrets(tx: Tx, tpvId: string, which: 'all' | 'rotated out'): Promise<void> {
  const secrets = tx.kysely.deleteFrom('signing_secrets').where('tpv_id', '=', tpvId);
  await (which === 'all' ? secrets : secrets.where('valid_until', 'is not', null)).execute();
}
