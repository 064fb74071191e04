import { hash, randomBytes } from 'node:crypto';
import type { Correction } from '../clock.ts';
import type { Database, Tx } from '../db/open.ts';
import { deleteValue, storedValue, storeValue } from '../db/stored-value.ts';
import { HubError } from '../errors.ts';
import { sameSecret } from '../same-secret.ts';
import { panelOnly } from '../wording/wording.ts';

/** The key of the one-time token's hash, kept until the first account is made. */
const SETUP_TOKEN = 'setup_token';
const SETUP_LIFE_MS = 24 * 3_600_000;
const TOKEN_BYTES = 32;

/** Whether there is no account yet, so that the first one has to be made. */
export async function isSetupNeeded(db: Database): Promise<boolean> {
  return (await db.read.selectFrom('admin_users').select('id').limit(1).executeTakeFirst()) === undefined;
}

/**
 * If there is no account: a token with which one person makes the first within a day (docs/security.md, S19). It
 * takes the place of one that was made before; undefined if there is an account.
 */
export async function offerSetup(db: Database, now: number): Promise<string | undefined> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const value = `${hash('sha256', token)} ${now + SETUP_LIFE_MS}`;
  return db.transact(async (tx) => {
    if (!(await isFirst(tx))) return undefined;
    await tx.run(storeValue, { key: SETUP_TOKEN, value });
    return token;
  });
}

/** Whether a token was made that would still be taken. */
export async function isSetupOffered(db: Database, now: number): Promise<boolean> {
  const [row] = await db.query(storedValue, { key: SETUP_TOKEN });
  return row !== undefined && now < Number(row.value.split(' ')[1]);
}

/** Whether the token would be taken now; asked before the costly hashing of a password. */
export async function isSetupToken(db: Database, token: string, now: number): Promise<boolean> {
  const [row] = await db.query(storedValue, { key: SETUP_TOKEN });
  return row !== undefined && fits(row.value, token, now);
}

/**
 * Uses the token up; part of making the first account. Deleting the row is what decides between many at once.
 * @throws HubError `forbidden` if it is wrong, too old, used, or there is an account already
 */
export async function useSetupToken(tx: Tx, token: string, now: number): Promise<void> {
  const [row] = await endSetup(tx);
  if (row !== undefined && fits(row.value, token, now) && (await isFirst(tx))) return;
  throw setupRefused();
}

/** Keeps the set-up link valid for what was left of its day after the clock was corrected, and for a day at most. */
export async function correctSetup(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const [row] = await tx.run(storedValue, { key: SETUP_TOKEN });
  if (row === undefined) return;
  const [hashed, until] = row.value.split(' ');
  const right = Math.min(Number(until) + Math.max(0, byMs), now + SETUP_LIFE_MS);
  await tx.run(storeValue, { key: SETUP_TOKEN, value: `${hashed} ${right}` });
}

/** Makes the set-up link invalid. */
export async function endSetup(tx: Tx): Promise<{ value: string }[]> {
  return tx.run(deleteValue, { key: SETUP_TOKEN });
}

export function setupRefused(): HubError {
  return new HubError('forbidden', 'The set-up token is not valid.', {
    details: [
      {
        path: 'token',
        message: panelOnly(
          'el enlace ya se usó o ha caducado: reinicia el hub y usa el que muestre',
          'the link was used or has expired: restart the hub and use the one that it shows',
        ),
      },
    ],
  });
}

async function isFirst(tx: Tx): Promise<boolean> {
  return (await tx.kysely.selectFrom('admin_users').select('id').limit(1).executeTakeFirst()) === undefined;
}

function fits(value: string, token: string, now: number): boolean {
  const [stored = '', until] = value.split(' ');
  return sameSecret(hash('sha256', token), stored) && now < Number(until);
}
