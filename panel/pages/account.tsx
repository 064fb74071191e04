import type { VNode } from 'preact';
import { Page } from '../components/page.tsx';
import { canChange, session } from '../session.ts';
import { accountWords as words } from '../words/account.ts';
import { roles } from '../words/states.ts';
import { AccountsCard } from './account/accounts.tsx';
import { AlarmChoiceCard } from './account/alarm-choice.tsx';
import { LanguageCard } from './account/language.tsx';
import { PasswordCard } from './account/password.tsx';
import { SecondFactorCard } from './account/second-factor.tsx';
import { SessionsCard } from './account/sessions.tsx';
import { TelegramCard } from './account/telegram.tsx';

/** One's own account, and for administrators everybody's. */
export function AccountPage(): VNode | null {
  const who = session.value;
  if (!who) return null;
  return (
    <Page title={words.title} lead={words.lead(who.name, roles[who.role])} changes={false}>
      <div class="grid">
        <div class="stack">
          <PasswordCard />
          <LanguageCard />
        </div>
        <div class="stack">
          <SecondFactorCard enabled={who.totp_enabled} />
          <TelegramCard />
        </div>
      </div>
      <AlarmChoiceCard />
      <SessionsCard />
      {canChange.value && <AccountsCard own={who.name} />}
    </Page>
  );
}
