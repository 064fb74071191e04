import { targetOf } from '../../administrators/account.ts';
import { tpvNamesOfAccount } from '../../administrators/account-tpvs.ts';
import { useInvitation, useLink } from '../../administrators/telegram-link.ts';
import { audit } from '../../audit/audit.ts';
import type { Tx } from '../../db/open.ts';
import { storable } from '../../db/plain-text.ts';
import { enqueue, hubSentence } from '../../push/enqueue.ts';
import { accountTexts } from '../texts/accounts.ts';

/** Who opened a link, as Telegram says. */
export interface Opener {
  id: number;
  first_name: string;
  last_name?: string | undefined;
}

/**
 * A person opened the link that their account's page shows, or an invitation: from now on they hear of its logins. They
 * are no customer for it, and no TPV hears of them.
 * @returns what they read
 */
export async function linkAccount(tx: Tx, start: string, from: Opener, now: number): Promise<string> {
  const person = { id: from.id, name: storable([from.first_name, from.last_name].filter(Boolean).join(' ')) };
  const linked = await useLink(tx, start, person, now);
  const account = linked ?? (await useInvitation(tx, start, person, now));
  if (account === undefined) return accountTexts.linkUnknown;
  const details = { telegram_id: from.id };
  const entry = { actor: account.name, action: 'account.telegram_link', target: targetOf(account), details } as const;
  await audit(tx, entry, now);
  if (account.telegram_id !== null && account.telegram_id !== from.id) {
    await tellUnlinked(tx, account.telegram_id, account.name, now);
  }
  if (account.role !== 'manager') return accountTexts.linked(account.name);
  return accountTexts.invited(account.name, await tpvNamesOfAccount(tx, account.id));
}

/** Tells a person that they hear no more of an account: whoever took it over would see to that first. */
export async function tellUnlinked(tx: Tx, telegramId: number, account: string, now: number): Promise<void> {
  await enqueue(tx, hubSentence(telegramId, accountTexts.unlinked(account)), now);
}
