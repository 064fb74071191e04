import { z } from 'zod';
import { matching } from '#protocol';
import { PANEL_LANGUAGES } from '../../db/admin-tables.ts';
import { plainText } from '../../db/plain-text.ts';
import type { Words } from '../../wording/wording.ts';
import { givenPassword, newPassword } from './accounts.ts';

const timestamp = z.iso.datetime({ precision: 3 });

export const accountSession = z.object({
  id: z.uuid(),
  current: z.boolean(),
  created_at: timestamp,
  last_seen_at: timestamp,
  expires_at: timestamp,
  address: z.string(),
  user_agent: z.string(),
  browser: z.string().describe('O el principio de «user_agent», si no se reconoce'),
  system: z.string(),
});
export type AccountSession = z.infer<typeof accountSession>;

export const accountSessionList = z.object({ items: z.array(accountSession) });
export const accountSessionParams = z.object({ id: plainText(1, 64) });

export const passwordChange = z.strictObject({ current_password: givenPassword, new_password: newPassword });
export const languageChange = z.strictObject({ language: z.enum(PANEL_LANGUAGES) });
export const passwordProof = z.strictObject({ password: givenPassword });

export const proof = z
  .strictObject({ password: givenPassword.optional(), code: z.string().min(1).max(40).optional() })
  .describe('«code», de la aplicación o de recuperación, si la cuenta tiene segundo factor; si no, «password»');

export const totpStart = z.object({
  secret: z.string().describe('Base32, para quien lo escriba a mano'),
  uri: z.string(),
  qr_svg: z.string(),
});
export type TotpStart = z.infer<typeof totpStart>;

export const accountTelegram = z.object({
  linked: z.object({ telegram_id: z.int(), name: z.string() }).nullable().describe('A quién se avisa de cada entrada'),
});
export type AccountTelegram = z.infer<typeof accountTelegram>;

export const telegramOffer = z.object({
  url: z.string().describe('Abre el bot y vincula a quien lo abra, una vez'),
  qr_svg: z.string(),
  expires_at: timestamp,
});
export type TelegramOffer = z.infer<typeof telegramOffer>;

export const totpCode = z.strictObject({ code: matching<Words>(/^\d{6}$/, (say) => say.sixDigits) });
export const recoveryCodes = z.object({ recovery_codes: z.array(z.string()).describe('Se muestran solo esta vez') });
export type RecoveryCodes = z.infer<typeof recoveryCodes>;
