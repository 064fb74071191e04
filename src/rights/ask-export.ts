import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { uuidv7 } from '../ids.ts';
import { userById } from '../users/user.ts';
import { insertRequest } from './request-store.ts';

/** A document is long work, and its person has it: another one so soon would say the same. */
const AGAIN_AFTER_MS = 600_000;

const lastExport = statement<{ telegramId: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .select(['id', 'done_at'])
    .where('telegram_id', '=', p('telegramId'))
    .where('kind', '=', 'export'),
);

const dropRequest = statement<{ id: string }>()((db, p) => db.deleteFrom('person_requests').where('id', '=', p('id')));

/**
 * Asks, as part of the caller's transaction, for a document of all that is held on a person; it comes into their chat.
 * @returns `under_way`: it was asked for before, and comes
 */
export async function askExport(
  tx: Tx,
  { telegramId, languageCode }: { telegramId: number; languageCode: string },
  now: number,
): Promise<'asked' | 'under_way' | 'too_soon' | 'unknown'> {
  const [known] = await tx.run(userById, { telegramId });
  if (known === undefined) return 'unknown';
  const [last] = await tx.run(lastExport, { telegramId });
  if (last !== undefined) {
    if (last.done_at === null) return 'under_way';
    if (Math.abs(now - last.done_at) < AGAIN_AFTER_MS) return 'too_soon';
    await tx.run(dropRequest, { id: last.id });
  }
  const request = { kind: 'export', step: 'writing', instructionsTo: 0, pushesTo: 0, farewellId: null } as const;
  await tx.run(insertRequest, { ...request, id: uuidv7(now), telegramId, languageCode, now });
  return 'asked';
}
