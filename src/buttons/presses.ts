import { statement } from '../db/statement.ts';

/** A press on one of a message's buttons. */
export interface PressOfPush {
  token: string;
  /** Null: the button calls a URL. */
  action: string | null;
  pressed_at: number;
  /** When the spinner ended, and when the person saw how it went. */
  answered_at: number | null;
  settled_at: number | null;
}

/** The presses on a message's buttons that are still remembered, the oldest first. */
export const pressesOfPush = statement<{ pushId: string }>()((db, p) =>
  db
    .selectFrom('buttons')
    // Presses have an index by their person, and none by their token.
    .innerJoin('presses', (join) =>
      join
        .onRef('presses.telegram_user_id', '=', 'buttons.telegram_user_id')
        .onRef('presses.token', '=', 'buttons.token'),
    )
    .select(['presses.token', 'buttons.action', 'presses.pressed_at', 'presses.answered_at', 'presses.settled_at'])
    .where('buttons.push_id', '=', p('pushId'))
    .orderBy('presses.pressed_at')
    .limit(100),
);
