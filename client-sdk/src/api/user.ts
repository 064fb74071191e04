import { isFlag, isText, isWhole, listOf, orNull, shape } from '../wire/check.ts';

/** A person that the hub assigned to this TPV. */
export interface TelegramUser {
  telegram_id: number;
  username: string | null;
  first_name: string;
  last_name: string;
  /** False where the person blocked the bot. */
  is_active: boolean;
  language_code: string;
  created_at: string;
  last_interaction: string;
}

/** One page of them, by their ids; `next` is the `after` of the page that follows, null on the last one. */
export interface UsersPage {
  count: number;
  users: TelegramUser[];
  next: number | null;
}

/** Which people. */
export interface UsersQuery {
  is_active?: boolean;
  /** People on a page: 1 to 1,000. Default 100. */
  limit?: number;
  /** Only people whose id is larger. */
  after?: number;
}

export const isUsersPage = shape<UsersPage>({
  count: isWhole,
  users: listOf(
    shape<TelegramUser>({
      telegram_id: isWhole,
      username: orNull(isText),
      first_name: isText,
      last_name: isText,
      is_active: isFlag,
      language_code: isText,
      created_at: isText,
      last_interaction: isText,
    }),
  ),
  next: orNull(isWhole),
});
