import { audit } from '../audit/audit.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { panelOnly, type Sentence } from '../wording/wording.ts';
import { type Account, targetOf } from './account.ts';
import { newRecoveryCodes, withoutRecoveryCode } from './recovery-codes.ts';
import { latestStep, newTotpSecret, totpStep } from './totp.ts';

/**
 * Begins the second factor: a secret for the person's app. It counts once a code of it was given back.
 * @throws HubError `conflict` if it is on already
 */
export async function startTotp(tx: Tx, accountId: string): Promise<string> {
  const secret = newTotpSecret();
  const { numUpdatedRows } = await tx.kysely
    .updateTable('admin_users')
    .set({ totp_secret: secret, totp_last_step: null })
    .where('id', '=', accountId)
    .where('totp_enabled_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw refused(panelOnly('ya está activado: desactívalo antes', 'is on already: turn it off first'));
  return secret;
}

/**
 * Turns it on, if the app shows the right code.
 * @returns the recovery codes, which are never shown again
 * @throws HubError `conflict` if it was not begun, `invalid_request` for a wrong code
 */
export async function confirmTotp(tx: Tx, account: Account, code: string, now: number): Promise<string[]> {
  if (account.totp_secret === null || account.totp_enabled_at !== null) {
    throw refused(panelOnly('no hay ninguna activación pendiente: empieza otra vez', 'was not begun: begin again'));
  }
  const step = totpStep(account.totp_secret, code, now, null);
  if (step === undefined) {
    throw new HubError('invalid_request', 'The code is wrong.', {
      details: [
        {
          path: 'code',
          message: panelOnly(
            'no es el que muestra la aplicación: comprueba la hora del teléfono',
            'is not the one that the app shows: check the phone’s clock',
          ),
        },
      ],
    });
  }
  const { codes, hashes } = newRecoveryCodes();
  await tx.kysely
    .updateTable('admin_users')
    .set({ totp_enabled_at: now, totp_last_step: step, recovery_codes: jsonText(hashes) })
    .where('id', '=', account.id)
    .execute();
  tx.changed('account', account.id);
  return codes;
}

/** Turns it off. */
export async function endTotp(tx: Tx, accountId: string): Promise<void> {
  await tx.kysely
    .updateTable('admin_users')
    .set({ totp_secret: null, totp_enabled_at: null, totp_last_step: null, recovery_codes: jsonText<string[]>([]) })
    .where('id', '=', accountId)
    .execute();
  tx.changed('account', accountId);
}

/**
 * Uses a code up: one that the app shows, or a recovery code, which is written down. Each works once, however many ask
 * with it at once.
 * @param address from where it came
 * @returns whether it was right
 */
export async function useCode(tx: Tx, account: Account, code: string, address: string, now: number): Promise<boolean> {
  const own = tx.kysely.updateTable('admin_users').where('id', '=', account.id);
  const digits = code.replace(/\s/g, '');
  if (/^\d{6}$/.test(digits)) {
    const step = totpStep(account.totp_secret ?? '', digits, now, account.totp_last_step);
    if (step === undefined) return false;
    const { numUpdatedRows } = await own
      .set({ totp_last_step: step })
      .where((eb) =>
        eb.or([
          eb('totp_last_step', 'is', null),
          eb('totp_last_step', '<', step),
          eb('totp_last_step', '>', latestStep(now)),
        ]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
  const left = withoutRecoveryCode(parseJson(account.recovery_codes), code);
  if (left === undefined) return false;
  const { numUpdatedRows } = await own
    .set({ recovery_codes: jsonText(left) })
    .where('recovery_codes', '=', account.recovery_codes)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  const details = { left: left.length };
  const entry = { actor: account.name, action: 'account.recovery_code', target: targetOf(account) } as const;
  await audit(tx, { ...entry, details, address }, now);
  return true;
}

function refused(message: Sentence): HubError {
  return new HubError('conflict', 'The second factor can not be changed so.', {
    details: [{ path: 'totp', message }],
  });
}
