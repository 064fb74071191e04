import type { Account } from '../../administrators/account.ts';
import { mayComeByBot } from '../../administrators/login.ts';
import { linkedAccounts } from '../../administrators/telegram-link.ts';
import { offerTicket } from '../../administrators/ticket.ts';
import { audit } from '../../audit/audit.ts';
import type { Tx } from '../../db/open.ts';
import type { InlineKeyboard } from '../../db/push-tables.ts';
import { escapeHtml } from '../../push/markup.ts';
import { accountTexts as texts } from '../texts/accounts.ts';

/** What a person reads, as HTML, and the buttons below. */
export interface PanelAnswer {
  text: string;
  keyboard?: InlineKeyboard | undefined;
}

/**
 * Answers `/panel` of a person to whom an account is linked: a manager gets a login that works once, for 5 minutes; who
 * may do more has a password, perhaps a second factor, and gets the way to the page that asks for them.
 * @param publicUrl where the panel is; undefined: the hub was not told
 * @returns undefined: no account is theirs
 */
export async function panelAnswer(
  tx: Tx,
  telegramId: number,
  publicUrl: string | undefined,
  now: number,
): Promise<PanelAnswer | undefined> {
  const accounts = await linkedAccounts(tx.kysely, telegramId);
  if (accounts.length === 0) return undefined;
  if (publicUrl === undefined) return { text: texts.panelNowhere };
  const managers = accounts.filter(mayComeByBot);
  if (managers.length === 0) return { text: texts.panelByPassword(new URL('/admin/entrar', publicUrl).href) };
  const logins: { label: string; url: string }[] = [];
  for (const account of managers) {
    const label = managers.length === 1 ? texts.enter : texts.enterAs(account.name);
    logins.push({ label, url: await loginUrl(tx, account, publicUrl, now) });
  }
  return withLogins(texts.panelLogin, logins);
}

async function loginUrl(tx: Tx, account: Account, publicUrl: string, now: number): Promise<string> {
  const { secret } = await offerTicket(tx, { accountId: account.id, kind: 'login' }, now);
  const details = { telegram_id: account.telegram_id };
  const target = { kind: 'account', id: account.id, name: account.name };
  await audit(tx, { actor: account.name, action: 'account.bot_login', target, details }, now);
  // Behind the #: browsers don't send that part, so that no log on the way keeps it, and no preview uses it up.
  return new URL(`/admin/acceso#${secret}`, publicUrl).href;
}

/** Telegram takes no button to an address that only this machine knows; a text shows it all the same. */
function withLogins(text: string, logins: readonly { label: string; url: string }[]): PanelAnswer {
  const isPublic = logins.every(({ url }) => url.startsWith('https:'));
  if (isPublic) return { text, keyboard: logins.map(({ label, url }) => [{ text: label, url }]) };
  const lines = logins.map(({ label, url }) => `${escapeHtml(label)}: ${escapeHtml(url)}`);
  return { text: [text, ...lines].join('\n\n') };
}
