import { sql } from 'kysely';
import { type Correction, nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';

/** Rows of one commit: other work gets its turn in between. */
const PAGE = 1_000;

type Ports = Pick<Database, 'read' | 'transact'>;

/**
 * Puts the times of buttons and presses right after the clock was corrected. Ahead: no button expires early. Back: a
 * button of a message that seems to come from the future has its whole life before it, and no more.
 */
export async function correctButtons(db: Ports, correction: Correction): Promise<void> {
  const { byMs, now } = correction;
  if (byMs > 0) await prolong(db, correction);
  await shorten(db, now);
  // A press of the future would never be brought to its end, and would make every later one a double tap.
  await db.transact(async (tx) => {
    await tx.kysely.updateTable('presses').set({ pressed_at: now }).where('pressed_at', '>', now).execute();
  });
}

async function prolong(db: Ports, { byMs, now }: Correction): Promise<void> {
  for (let cursor = ''; ; ) {
    const page = await db.read
      .selectFrom('buttons')
      .select('token')
      .where('token', '>', cursor)
      .orderBy('token')
      .limit(PAGE)
      .execute();
    const last = page.at(-1)?.token;
    if (last === undefined) return;
    await db.transact(async (tx) => {
      await tx.kysely
        .updateTable('buttons')
        .set((eb) => ({ expires_at: eb('expires_at', '+', byMs) }))
        .where('token', '>', cursor)
        .where('token', '<=', last)
        .where('settled_at', 'is', null)
        .where('expires_at', '>', now - byMs)
        .execute();
    });
    if (page.length < PAGE) return;
    cursor = last;
    await nextTurn();
  }
}

/** Messages lie in the order in which they came: those of the future are the last ones. */
async function shorten(db: Ports, now: number): Promise<void> {
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await db.read
      .selectFrom('push_messages')
      .select(['seq', 'id', 'created_at'])
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(PAGE)
      .execute();
    const ofFuture = page.filter((row) => row.created_at > now);
    if (ofFuture.length === 0) return;
    await db.transact(async (tx) => {
      for (const { id, created_at: createdAt } of ofFuture) {
        const lifeEnd = sql<number>`(expires_at - ${createdAt - now})`;
        await tx.kysely
          .updateTable('buttons')
          .set({ expires_at: lifeEnd })
          .where('push_id', '=', id)
          .where('settled_at', 'is', null)
          .execute();
        await tx.kysely.updateTable('push_messages').set({ created_at: now }).where('id', '=', id).execute();
      }
    });
    if (page.length < PAGE) return;
    before = page.at(-1)?.seq ?? 0;
    await nextTurn();
  }
}
