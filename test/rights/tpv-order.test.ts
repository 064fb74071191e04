import { describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import { orderErasure } from '../../src/rights/tpv-order.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 7_412_589_036;

/** A person is erased, and their TPV has its order. */
async function ordered(database: DialectUnderTest) {
  const hub = await startHub({ database });
  const tpv = await hub.tpv();
  const ana = hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  await hub.message(1, 'Dos cafés', ANA);
  await hub.admin(`/api/admin/users/${ANA}`, { method: 'DELETE' });
  const steps = async () => {
    const requests = await hub.hub.db.read.selectFrom('person_requests').select(['step', 'telegram_id']).execute();
    return requests.map(({ step, telegram_id: id }) => [step, id]);
  };
  await vi.waitFor(async () => expect(await steps()).toEqual([['waiting', ANA]]), WAIT_MS);
  const read = ana.chat.map(({ text }) => text);
  const order = await hub.hub.db.read
    .selectFrom('instructions')
    .select(['id', 'expires_at', 'created_at'])
    .where('command', '=', 'process_erasure')
    .executeTakeFirstOrThrow();
  /** The erasure ends; nothing that is left names the person, who hears nothing of it. */
  const ended = async (status: string) => {
    await vi.waitFor(async () => expect(await steps()).toEqual([['done', null]]), WAIT_MS);
    const rows = await hub.hub.db.read.selectFrom('instructions').selectAll().where('id', '=', order.id).execute();
    const nobody = { telegram_user_id: 0, payload: '{}', response: null, error_message: '', status };
    expect(rows).toMatchObject([nobody]);
    const messages = await hub.hub.db.read.selectFrom('push_messages').select('chat_id').execute();
    expect(messages.filter(({ chat_id: id }) => id === ANA)).toEqual([]);
    expect(ana.chat.map(({ text }) => text)).toEqual(read);
  };
  return { hub, tpv, order, ended };
}

describe.each(DIALECTS)('the order of an erasure on %s', (database) => {
  test('that fails at its TPV ends it, and no reply of the TPV reaches the person', async () => {
    const { tpv, order, ended } = await ordered(database);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([{ id: order.id, payload: { telegram_user_id: ANA } }]);
    const report = {
      status: 'failed',
      error_message: `${ANA} no está`,
      response: { id: ANA },
      reply: { text: 'No hemos podido' },
    };
    const { status } = await tpv.fetch(`/api/tpv/instructions/${order.id}/`, { method: 'PUT', json: report });
    expect(status).toBe(200);
    await ended('failed');
  });

  test('that waits at a TPV that is deleted ends with it', async () => {
    const { hub, tpv, ended } = await ordered(database);
    expect(await hub.admin(`/api/admin/tpvs/${tpv.id}`, { method: 'DELETE' })).toMatchObject({ status: 200 });
    await ended('failed');
  });

  test('waits 90 days for a TPV that is off, and then no longer', async () => {
    const { hub, order, ended } = await ordered(database);
    expect(Number(order.expires_at) - Number(order.created_at)).toBe(90 * 86_400_000);
    // Those days pass.
    const past = { expires_at: 1, due_at: 1 };
    await hub.hub.db.transact((tx) =>
      tx.kysely.updateTable('instructions').set(past).where('id', '=', order.id).execute(),
    );
    await ended('failed');
  });

  test('is given once, however much the person writes meanwhile', async () => {
    const databaseUrl = await freshDatabase(database, 'migrated');
    const hub = await startHub({ databaseUrl });
    const { id: tpvId } = await hub.tpv();
    await hub.message(1, 'Hola', ANA);
    await hub.close();
    const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'normal' });
    try {
      const order = () => db.transact((tx) => orderErasure(tx, { tpvId, telegramId: ANA, since: 1 }, 2));
      await order();
      await db.transact(async ({ kysely }) => {
        const { seq: _seq, ...row } = await kysely
          .selectFrom('instructions')
          .selectAll()
          .where('command', '=', 'process_message')
          .executeTakeFirstOrThrow();
        const later = Array.from({ length: 300 }, () => ({ ...row, id: crypto.randomUUID(), update_id: null }));
        await kysely.insertInto('instructions').values(later).execute();
      });
      await order();
      const orders = await db.read
        .selectFrom('instructions')
        .select('id')
        .where('command', '=', 'process_erasure')
        .execute();
      expect(orders).toHaveLength(1);
    } finally {
      await db.close();
    }
  });
});
