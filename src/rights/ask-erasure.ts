import { ERASURE_COMMAND } from '#protocol';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { uuidv7 } from '../ids.ts';
import { forgetUser } from '../users/forget.ts';
import { userById } from '../users/user.ts';
import { insertRequest, type NewRequest, type OpenRequest } from './request-store.ts';
import { orderErasure } from './tpv-order.ts';

const laterInstruction = statement<{ telegramId: number; after: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('seq')
    .where('telegram_user_id', '=', p('telegramId'))
    .where('seq', '>', p('after'))
    .where('command', '!=', ERASURE_COMMAND)
    .limit(1),
);

interface Asking {
  /**
   * The person was erased then, and came back with a copy of the database: it is noted, and they have read it. What
   * TPVs got since is of who came back by themselves.
   */
  erasedAt?: number;
}

const lastInstruction = statement<{ telegramId: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('telegram_user_id', '=', p('telegramId')),
);

const lastPush = statement<{ telegramId: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('chat_id', '=', p('telegramId')),
);

const dropExport = statement<{ telegramId: number }>()((db, p) =>
  db.deleteFrom('person_requests').where('telegram_id', '=', p('telegramId')).where('kind', '=', 'export'),
);

const dropSilence = statement<{ telegramId: number }>()((db, p) =>
  db.deleteFrom('silences').where('telegram_id', '=', p('telegramId')),
);

const dropReads = statement<{ telegramId: number }>()((db, p) =>
  db.deleteFrom('inbox_reads').where('telegram_id', '=', p('telegramId')),
);

const beginAgain = statement<Omit<NewRequest, 'id' | 'kind' | 'languageCode'>>()((db, p) =>
  db
    .updateTable('person_requests')
    .set({ step: p('step'), instructions_to: p('instructionsTo'), pushes_to: p('pushesTo') })
    .set({ asked_at: p('now'), farewell_id: p('farewellId') })
    .where('telegram_id', '=', p('telegramId'))
    .where('kind', '=', 'erasure')
    .where('step', 'not in', ['waiting', 'done']),
);

/**
 * Asks for the erasure of a person, as part of the caller's transaction. The person is unknown from this commit on, and
 * who writes again is new; what was there before goes in pages afterwards (erase.ts).
 * @returns whether the hub knows the person
 */
export async function askErasure(tx: Tx, telegramId: number, now: number, { erasedAt }: Asking = {}): Promise<boolean> {
  const known = await forgetUser(tx, telegramId);
  if (known === undefined) return false;
  await tx.run(dropExport, { telegramId });
  await tx.run(dropSilence, { telegramId });
  await tx.run(dropReads, { telegramId });
  const lasts = await lastRows(tx, telegramId);
  const id = uuidv7(now);
  const again = erasedAt !== undefined;
  const askedAt = erasedAt ?? now;
  const request = {
    id,
    kind: 'erasure',
    telegramId,
    languageCode: known.languageCode,
    step: again ? 'presses' : 'noting',
    ...lasts,
    farewellId: again ? id : null,
    now: askedAt,
  } as const;
  const [kept] = await tx.run(insertRequest, request);
  // The person came back while the last one is under way: it begins again, and takes what came meanwhile.
  if (kept === undefined) await tx.run(beginAgain, request);
  const { tpvId } = known;
  if (tpvId !== null) await orderErasure(tx, { tpvId, telegramId, since: askedAt }, now);
  return true;
}

async function lastRows(tx: Tx, telegramId: number): Promise<{ instructionsTo: number; pushesTo: number }> {
  const [instruction] = await tx.run(lastInstruction, { telegramId });
  const [push] = await tx.run(lastPush, { telegramId });
  return { instructionsTo: Number(instruction?.seq ?? 0), pushesTo: Number(push?.seq ?? 0) };
}

/**
 * What was under way while a person was erased may have said one more thing to them.
 * @returns whether there is more to erase, of a person who did not come back
 */
export async function takeLatecomers(tx: Tx, request: OpenRequest, now: number): Promise<boolean> {
  const { telegram_id: telegramId } = request;
  const [back] = await tx.run(userById, { telegramId });
  if (back !== undefined) return false;
  await tx.run(dropSilence, { telegramId });
  await tx.run(dropReads, { telegramId });
  const { instructionsTo, pushesTo } = await lastRows(tx, telegramId);
  const later = await tx.run(laterInstruction, { telegramId, after: request.instructions_to });
  if (pushesTo <= request.pushes_to && later.length === 0) return false;
  const { farewell_id: farewellId } = request;
  // The time goes along: a TPV that had a part in it is ordered to erase that too.
  await tx.run(beginAgain, { telegramId, step: 'presses', instructionsTo, pushesTo, farewellId, now });
  return true;
}
