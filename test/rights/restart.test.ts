import { describe, expect, test, vi } from 'vitest';
import { DIALECTS, freshDatabase, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;

describe.each(DIALECTS)('an erasure on %s', (database) => {
  test('goes on in the next process, page by page, and takes nothing of what the person writes meanwhile', async () => {
    const databaseUrl = await freshDatabase(database, 'migrated');
    const first = await startHub({ databaseUrl });
    const tpv = await first.tpv();
    await first.message(1, 'Mensaje 1', ANA);
    let saidBefore = 0;
    await first.hub.db.transact(async (tx) => {
      const row = await tx.kysely.selectFrom('instructions').selectAll().executeTakeFirstOrThrow();
      const { seq: _seq, ...copy } = row;
      saidBefore = Number(copy.created_at);
      for (let i = 2; i <= 180; i++) {
        await tx.kysely
          .insertInto('instructions')
          .values({ ...copy, id: crypto.randomUUID(), update_id: null })
          .execute();
      }
    });
    expect(await first.admin(`/api/admin/users/${ANA}`, { method: 'DELETE' })).toMatchObject({ status: 202 });
    await first.message(2, 'He vuelto', ANA);
    await first.close();

    const next = await startHub({ databaseUrl });
    await vi.waitFor(async () => {
      const requests = await next.hub.db.read.selectFrom('person_requests').select('step').execute();
      expect(requests).toEqual([{ step: 'waiting' }]);
    }, WAIT_MS);
    const ofAna = await next.hub.db.read
      .selectFrom('instructions')
      .select(['command', 'status'])
      .where('telegram_user_id', '=', ANA)
      .orderBy('seq')
      .execute();
    expect(ofAna.map(({ command }) => command)).toEqual(['process_erasure', 'process_message']);
    const { body } = await next.fetch('/api/tpv/instructions/', { headers: { authorization: `ApiKey ${tpv.key}` } });
    expect(body.instructions).toMatchObject([{ command: 'process_erasure' }, { payload: { text: 'He vuelto' } }]);
    // So the TPV knows which of them is from before.
    const [order, back] = body.instructions;
    const askedAt = Date.parse(order.payload.asked_at);
    expect(askedAt).toBeGreaterThanOrEqual(saidBefore);
    expect(Date.parse(back.created_at)).toBeGreaterThanOrEqual(askedAt);
    const erased = await next.hub.db.read
      .selectFrom('instructions')
      .select('payload')
      .where('telegram_user_id', '=', 0)
      .execute();
    expect(erased).toHaveLength(180);
    expect(new Set(erased.map(({ payload }) => payload))).toEqual(new Set(['{}']));
  });
});
