import { z } from 'zod';
import { fault } from '#protocol';
import { MOST_ACCOUNT_TPVS } from '../../administrators/account-tpvs.ts';
import { isCommonPassword } from '../../administrators/common-passwords.ts';
import { MOST_NAME_LENGTH, nameFault } from '../../administrators/name.ts';
import { isPasswordLength, LEAST_PASSWORD_LENGTH, MOST_PASSWORD_LENGTH } from '../../administrators/password.ts';
import type { AdminRole } from '../../db/admin-tables.ts';
import { plainText } from '../../db/plain-text.ts';
import type { Words } from '../../wording/wording.ts';
import { tpvName } from './tpvs.ts';

const timestamp = z.iso.datetime({ precision: 3 });

export const ADMIN_ROLES = ['admin', 'viewer', 'manager'] as const;

/** For logging in: a text that can't be a name is refused as a wrong password is. */
export const givenName = plainText(1, MOST_NAME_LENGTH);
export const newName = givenName
  .superRefine((name, context) => {
    const says = nameFault(name);
    if (says !== undefined) context.addIssue({ code: 'custom', ...fault(says) });
  })
  .describe('Se guarda en minúsculas');

/** A password that is compared: one that can't be chosen now is refused as wrong, not as malformed. */
export const givenPassword = plainText(1, MOST_PASSWORD_LENGTH);
export const newPassword = givenPassword
  .refine(
    isPasswordLength,
    fault<Words>((say) => say.atLeastCharacters(LEAST_PASSWORD_LENGTH)),
  )
  .refine(
    (password) => !isCommonPassword(password),
    fault<Words>((say) => say.commonPassword),
  )
  .describe(`${LEAST_PASSWORD_LENGTH} caracteres como mínimo`);

export const account = z.object({
  id: z.uuid(),
  name: z.string(),
  role: z.enum(ADMIN_ROLES),
  tpvs: z.array(tpvName).describe('De «manager»: los que ve y atiende'),
  totp_enabled: z.boolean(),
  telegram_linked: z.boolean().describe('Avisa en Telegram de cada entrada'),
  created_at: timestamp,
  last_login_at: timestamp.nullable(),
});
export type Account = z.infer<typeof account>;

export const accountList = z.object({ items: z.array(account) });
export type AccountList = z.infer<typeof accountList>;

export const accountParams = z.object({ id: plainText(1, 64) });
const tpvIds = z.array(z.uuid()).max(MOST_ACCOUNT_TPVS).describe('De «manager», y solo de él: al menos uno');

/** A manager has TPVs, and nobody else. */
function tpvsFit({ role, tpv_ids: ids = [] }: { role: AdminRole; tpv_ids?: string[] | undefined }): boolean {
  return (role === 'manager') === ids.length > 0;
}
const TPVS_FAULT = {
  path: ['tpv_ids'],
  ...fault<Words>((say) => say.tpvsOfManager),
};

export const newAccount = z
  .strictObject({
    name: newName,
    role: z.enum(ADMIN_ROLES),
    password: newPassword.optional().describe('Sin ella, «manager» entra por su invitación y por el bot'),
    tpv_ids: tpvIds.optional(),
  })
  .refine(tpvsFit, TPVS_FAULT)
  .refine(({ role, password }) => role === 'manager' || password !== undefined, {
    path: ['password'],
    ...fault<Words>((say) => say.required),
  });
export const accountEdit = z
  .strictObject({ role: z.enum(ADMIN_ROLES), tpv_ids: tpvIds.optional() })
  .refine(tpvsFit, TPVS_FAULT);
export const invitation = z.object({
  url: z.string().describe('Abre el bot y vincula a quien lo abra, una vez'),
  qr_svg: z.string(),
  expires_at: timestamp,
});
export type Invitation = z.infer<typeof invitation>;
export const accountPassword = z.strictObject({ password: newPassword });
export const done = z.object({ ok: z.literal(true) });
