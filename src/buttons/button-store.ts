import { type Selectable, sql } from 'kysely';
import { type JsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { ButtonForm, ButtonTable } from '../db/push-tables.ts';
import { statement } from '../db/statement.ts';

export type ButtonRow = Selectable<ButtonTable>;

export const insertButton = statement<{
  token: string;
  pushId: string;
  tpvId: string;
  userId: number;
  action: string | null;
  data: JsonText<unknown> | null;
  url: string | null;
  form: JsonText<ButtonForm> | null;
  singleUse: number;
  expiresAt: number;
}>()((db, p) =>
  db.insertInto('buttons').values({
    token: p('token'),
    push_id: p('pushId'),
    tpv_id: p('tpvId'),
    telegram_user_id: p('userId'),
    action: p('action'),
    data: p('data'),
    callback_url: p('url'),
    form: p('form'),
    single_use: p('singleUse'),
    expires_at: p('expiresAt'),
    pressed_at: null,
    settled_at: null,
  }),
);

/**
 * A button, the number of its message if Telegram has said it already, and when its person was there last, if they are
 * known.
 */
export const buttonByToken = statement<{ token: string }>()((db, p) =>
  db
    .selectFrom('buttons')
    .innerJoin('push_messages', 'push_messages.id', 'buttons.push_id')
    .leftJoin('telegram_users', 'telegram_users.telegram_id', 'buttons.telegram_user_id')
    .selectAll('buttons')
    .select(['push_messages.telegram_message_id', 'telegram_users.last_interaction'])
    .where('buttons.token', '=', p('token')),
);

export const markPressed = statement<{ token: string; now: number }>()((db, p) =>
  db
    .updateTable('buttons')
    .set({ pressed_at: p('now') })
    .where('token', '=', p('token')),
);

/** The first press settles all the message's buttons. */
export const settleButtons = statement<{ pushId: string; now: number }>()((db, p) =>
  db
    .updateTable('buttons')
    .set({ settled_at: p('now') })
    .where('push_id', '=', p('pushId'))
    .where('settled_at', 'is', null),
);

const deleteButton = statement<{ token: string }>()((db, p) =>
  db.deleteFrom('buttons').where('token', '=', p('token')),
);

/** One button stops working. */
const settleToken = statement<{ token: string; now: number }>()((db, p) =>
  db
    .updateTable('buttons')
    .set({ settled_at: p('now') })
    .where('token', '=', p('token'))
    .where('settled_at', 'is', null),
);

/**
 * Buttons that no message shows any more. They are forgotten, but for an older TPV's: those stop working, and still say
 * which URL its message's next ones call.
 */
export async function retireButtons(tx: Pick<Tx, 'run'>, tokens: readonly string[], now: number): Promise<void> {
  for (const token of tokens) {
    const [button] = await tx.run(buttonByToken, { token });
    if (button === undefined) continue;
    const isOlder = button.form !== null && parseJson(button.form).legacy === 1;
    await (isOlder ? tx.run(settleToken, { token, now }) : tx.run(deleteButton, { token }));
  }
}

export const insertPress = statement<{
  queryId: string;
  token: string;
  instructionId: string | null;
  userId: number;
  now: number;
  hubId: string | null;
}>()((db, p) =>
  db
    .insertInto('presses')
    .values({
      query_id: p('queryId'),
      token: p('token'),
      instruction_id: p('instructionId'),
      telegram_user_id: p('userId'),
      pressed_at: p('now'),
      answered_at: null,
      settled_at: null,
      hub_id: p('hubId'),
    })
    .onConflict((c) => c.column('query_id').doNothing()),
);

/** A press of the same person on the same callback data. */
export const similarPress = statement<{ token: string; userId: number; since: number }>()((db, p) =>
  db
    .selectFrom('presses')
    .select('query_id')
    .where('token', '=', p('token'))
    .where('telegram_user_id', '=', p('userId'))
    .where('pressed_at', '>', p('since'))
    .limit(1),
);

/** Presses that still wait for their end, with their persons' languages, but for those after `until`. */
export const openPresses = statement<{ until: number }>()((db, p) =>
  db
    .selectFrom('presses')
    .leftJoin('telegram_users', 'telegram_users.telegram_id', 'presses.telegram_user_id')
    .selectAll('presses')
    .select('telegram_users.language_code')
    .where('settled_at', 'is', null)
    .where('pressed_at', '<=', p('until'))
    .orderBy('pressed_at'),
);

/** Takes over presses of hubs that are not there any more, and says in which language their persons read. */
export const adoptPresses = statement<{ hubId: string }>()((db, p) =>
  db
    .updateTable('presses')
    .set({ hub_id: p('hubId') })
    .where('settled_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('hubs').select('hubs.id').whereRef('hubs.id', '=', 'presses.hub_id'))),
    )
    .returningAll()
    .returning((eb) =>
      eb
        .selectFrom('telegram_users')
        .select('language_code')
        .whereRef('telegram_users.telegram_id', '=', 'presses.telegram_user_id')
        .as('language_code'),
    ),
);

/** Those of these instructions (a JSON list of ids) that are final, on PostgreSQL. */
export const endedAmong = statement<{ ids: string }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('id')
    .where('id', 'in', sql<string>`(select value from json_array_elements_text(${p('ids')}))`)
    .where('completed_at', 'is not', null),
);

export const pressAnswered = statement<{ queryId: string; now: number }>()((db, p) =>
  db
    .updateTable('presses')
    .set({ answered_at: p('now') })
    .where('query_id', '=', p('queryId')),
);

/** Takes the press to its end; no rows if it is there already. */
export const settlePress = statement<{ queryId: string; now: number }>()((db, p) =>
  db
    .updateTable('presses')
    .set({ settled_at: p('now') })
    .where('query_id', '=', p('queryId'))
    .where('settled_at', 'is', null)
    .returning('query_id'),
);

/** Buttons and presses that are of no use any more, a page of them. */
export const expiredButtons = statement<{ before: number; limit: number }>()((db, p) =>
  db.selectFrom('buttons').select('token').where('expires_at', '<', p('before')).limit(p('limit')),
);
export const oldPresses = statement<{ before: number; limit: number }>()((db, p) =>
  db.selectFrom('presses').select('query_id').where('pressed_at', '<', p('before')).limit(p('limit')),
);
