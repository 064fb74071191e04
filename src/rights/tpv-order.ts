import { ERASURE_COMMAND, type InstructionStatus } from '#protocol';
import { jsonText } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { type HandOut, submit } from '../instructions/submit.ts';
import { isoTime } from '../iso-time.ts';
import { NOBODY } from '../users/nobody.ts';
import { IS_ERASURE_ORDER } from './request-store.ts';

/** A TPV that is off for a holiday hears of it all the same. */
const ORDER_TTL_MS = 90 * 86_400_000;

/** It waits in its line like any other: `instruction.ready` has it handed out. */
const IN_LINE: HandOut = { reserve: () => undefined, cancel: () => {}, deliver: () => {} };

const standing = statement<{ tpvId: string }>()((db, p) =>
  db.selectFrom('tpv_instances').select('id').where('id', '=', p('tpvId')).where('deleted_at', 'is', null),
);

/** Whether a TPV has its order already. */
export const givenOrder = statement<{ telegramId: number; tpvId: string; since: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('seq')
    .where('telegram_user_id', '=', p('telegramId'))
    .where('tpv_id', '=', p('tpvId'))
    .where(IS_ERASURE_ORDER)
    .where('created_at', '>=', p('since'))
    .limit(1),
);

/**
 * Orders a TPV to erase what it holds of a person from before the erasure was asked for, once for an erasure: who came
 * back since is new, also at the TPV.
 * @param since when the erasure was asked for
 */
export async function orderErasure(
  tx: Tx,
  { tpvId, telegramId, since }: { tpvId: string; telegramId: number; since: number },
  now: number,
): Promise<void> {
  if ((await tx.run(givenOrder, { telegramId, tpvId, since })).length > 0) return;
  if ((await tx.run(standing, { tpvId })).length === 0) return;
  const order = {
    updateId: null,
    tpvId,
    telegramUserId: telegramId,
    telegramUsername: null,
    command: ERASURE_COMMAND,
    payload: jsonText({ telegram_user_id: telegramId, asked_at: isoTime(since) }),
    ttlMs: ORDER_TTL_MS,
  };
  await submit(tx, IN_LINE, order, now);
}

/** Takes the person out of the orders that a TPV has answered, or never will, as it was deleted; gives their ids. */
export const forgetOrders = statement<{ telegramId: number; now: number }>()((db, p) =>
  db
    .updateTable('instructions')
    .set((eb) => ({
      telegram_user_id: NOBODY,
      payload: jsonText({}),
      response: null,
      error_message: '',
      status: eb
        .case()
        .when('completed_at', 'is', null)
        .then(eb.val<InstructionStatus>('failed'))
        .else(eb.ref('status'))
        .end(),
      completed_at: eb.fn.coalesce('completed_at', p('now')),
      holder: null,
      due_at: null,
    }))
    .where('telegram_user_id', '=', p('telegramId'))
    .where(IS_ERASURE_ORDER)
    .where((eb) =>
      eb.or([
        eb('completed_at', 'is not', null),
        eb('tpv_id', 'in', eb.selectFrom('tpv_instances').select('id').where('deleted_at', 'is not', null)),
      ]),
    )
    .returning('id'),
);
