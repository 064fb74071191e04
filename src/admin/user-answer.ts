import { isoTime } from '../iso-time.ts';
import type { ListedUser } from '../users/user-list.ts';
import type { UserSummary } from './schemas/users.ts';
import { namedTpv } from './tpv-answer.ts';

/** A person as lists show them. */
export function userSummaryOf(user: ListedUser): UserSummary {
  return {
    telegram_id: user.telegram_id,
    username: user.username,
    first_name: user.first_name,
    last_name: user.last_name,
    language_code: user.language_code,
    is_active: user.is_active === 1,
    tpv: namedTpv(user.tpv_id, user.tpv_name),
    created_at: isoTime(user.created_at),
    last_interaction: isoTime(user.last_interaction),
  };
}

/** A person's name as one line. */
export function nameOf(user: { first_name: string | null; last_name: string | null }): string {
  return [user.first_name, user.last_name].filter((part) => part !== null && part !== '').join(' ');
}
