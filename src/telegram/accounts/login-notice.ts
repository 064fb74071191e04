import { accountNow, targetOf } from '../../administrators/account.ts';
import { endSessions } from '../../administrators/administrator-session.ts';
import { deviceOf } from '../../administrators/device.ts';
import type { TellLogin } from '../../administrators/login.ts';
import { audit } from '../../audit/audit.ts';
import { storable } from '../../db/plain-text.ts';
import { enqueue, hubSentence } from '../../push/enqueue.ts';
import { type HubActions, hubButton } from '../../push/hub-button.ts';
import { accountTexts } from '../texts/accounts.ts';

export interface LoginNoticeOptions {
  timeZone: string;
  publicUrl: string | undefined;
}

const END_SESSIONS = 'end_sessions';

/** Tells an account's Telegram of a login from somewhere new, as part of the login's transaction (S37). */
export function loginNotice({ timeZone, publicUrl }: LoginNoticeOptions): TellLogin {
  const moments = new Intl.DateTimeFormat('es', { dateStyle: 'full', timeStyle: 'short', timeZone });
  return async (tx, { account, telegramId, origin }, now) => {
    const text = accountTexts.newLogin({
      account: account.name,
      when: moments.format(now),
      address: origin.address,
      device: deviceOf(origin.userAgent),
      panelUrl: accountPage(publicUrl),
    });
    const keyboard = [[hubButton(accountTexts.endSessionsButton, END_SESSIONS, account.id)]];
    await enqueue(tx, hubSentence(telegramId, text, { keyboard }), now);
  };
}

/** What the button under the notice does; only who is linked to the account may press it, whatever data comes along. */
export function accountActions({ publicUrl }: Pick<LoginNoticeOptions, 'publicUrl'>): HubActions {
  return {
    async [END_SESSIONS](tx, { personId, arg }, now) {
      const account = await accountNow(tx, storable(arg));
      if (account === undefined || account.telegram_id !== personId)
        return { text: accountTexts.notLinked, alert: true };
      const ended = await endSessions(tx, account.id);
      const details = { telegram_id: personId, sessions: ended.length };
      const entry = { actor: account.name, action: 'session.revoke', target: targetOf(account), details } as const;
      await audit(tx, entry, now);
      tx.changed('account', account.id);
      return {
        text: accountTexts.sessionsEndedShort,
        message: { text: accountTexts.sessionsEnded(account.name, accountPage(publicUrl)) },
      };
    },
  };
}

function accountPage(publicUrl: string | undefined): string | undefined {
  return publicUrl === undefined ? undefined : new URL('/admin/cuenta', publicUrl).href;
}
