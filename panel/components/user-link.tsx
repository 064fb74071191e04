import { usersWords } from '../words/users.ts';

export interface UserLinkProps {
  user: { telegram_id: number; name: string; username?: string | null };
}

/** What the hub asks on its own account, such as a test, has nobody behind it. */
const NOBODY = 0;

/** A person's name, which leads to them; their number where Telegram told no name. */
export function UserLink({ user }: UserLinkProps) {
  if (user.telegram_id === NOBODY) return <span class="muted">{usersWords.nobody}</span>;
  return <a href={`/admin/personas/${user.telegram_id}`}>{userName(user)}</a>;
}

/** What to call a person in a sentence. */
export function userName({ name, telegram_id: id }: UserLinkProps['user']): string {
  if (id === NOBODY) return usersWords.nobody;
  return name.trim() === '' ? String(id) : name;
}
