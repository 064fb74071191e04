import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { type ListedUser, listedUser } from '../users/user-list.ts';
import { nameOf } from './user-answer.ts';

/**
 * The person whom a path names.
 * @throws HubError `not_found`
 */
export async function existingUser(db: Database, telegramId: number): Promise<ListedUser> {
  const user = await listedUser(db, telegramId);
  if (user === undefined) throw new HubError('not_found', 'Nobody with this id has written yet.');
  return user;
}

/** A person as the audit log names them. */
export function auditedUser(user: ListedUser) {
  return { kind: 'user', id: String(user.telegram_id), name: nameOf(user) };
}
