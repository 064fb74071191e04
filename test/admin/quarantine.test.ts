import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { ADMIN_TOKEN, DIALECTS, freshDatabase, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { instructionsOf, privateMessage, updatesOf } from '../support/telegram.ts';

const post = { method: 'POST', json: {} };

function raw(hub: TestHub, body: string | Buffer<ArrayBuffer>) {
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  return hub.fetch('/webhook/telegram/', { method: 'POST', body, headers });
}

function edited(updateId: number, text: string) {
  const { message } = privateMessage(updateId, { text });
  return { update_id: updateId, edited_message: message };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('what became nothing is listed with its reason, whatever its bytes are', async () => {
    const hub = await startHub({ database });
    const heard = changesOf(hub);
    await raw(hub, Buffer.from([0xff, 0xfe, 0x00, 0x41, 0xf0, 0x9f]));
    await raw(hub, '{"update_id":5,"message":{"text":"<script>alert(1)</script>"}}');
    await hub.update(edited(6, 'Cambiado'));
    await hub.message(7, 'Hola');
    const items = await everyItem(hub, '/api/admin/quarantine', 1);
    expect(items).toMatchObject([
      { update_id: 6, kind: 'edited_message', outcome: 'kept', reason: 'edited message' },
      { update_id: 5, kind: 'message', outcome: 'quarantined', reason: expect.stringContaining('message.') },
      { update_id: null, kind: 'unreadable', outcome: 'quarantined', reason: 'not JSON', excerpt: '��\0A' },
    ]);
    expect(heard.filter((one) => one.startsWith('update '))).toEqual(items.map(({ seq }) => `update ${seq}`).reverse());
    expect(await everyItem(hub, '/api/admin/quarantine?outcome=kept')).toEqual([items[0]]);
    expect(await everyItem(hub, '/api/admin/quarantine?outcome=quarantined', 1)).toEqual(items.slice(1));
    const one = await hub.admin(`/api/admin/quarantine/${items[1].seq}`);
    expect(one.body).toEqual({ ...items[1], raw: '{"update_id":5,"message":{"text":"<script>alert(1)</script>"}}' });
    expect((await hub.admin('/api/admin/overview')).body.alarms).toContainEqual(
      expect.objectContaining({ code: 'quarantine_not_empty', count: 2 }),
    );
  });

  test('an update that is understood by now becomes an instruction once, however often it is tried', async () => {
    const databaseUrl = await freshDatabase(database);
    const emulator = await startEmulator();
    const before = await startHub({ databaseUrl, emulator });
    await before.update(edited(6, 'Cambiado'));
    await before.close();
    const hub = await startHub({ databaseUrl, emulator, env: { FORWARD_EDITS: 'true' } });
    const [item] = await everyItem(hub, '/api/admin/quarantine');
    const path = `/api/admin/quarantine/${item.seq}/retry`;
    const answers = await Promise.all([1, 2, 3].map(() => hub.admin(path, post)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect(answers.find(({ status }) => status === 200)?.body).toEqual({ outcome: 'instruction', reason: null });
    expect(await instructionsOf(hub)).toMatchObject([{ update_id: 6, command: 'process_edited_message' }]);
    expect(await updatesOf(hub)).toMatchObject([{ update_id: 6, outcome: 'instruction', raw: null }]);
    expect(await auditOf(hub)).toMatchObject([
      { action: 'quarantine.retry', id: String(item.seq), details: { outcome: 'instruction' } },
    ]);
    // Telegram sends it once more.
    await hub.update(edited(6, 'Cambiado'));
    expect(await instructionsOf(hub)).toHaveLength(1);
    emulator.close();
  });

  test('an update that is still not understood stays where it is', async () => {
    const hub = await startHub({ database });
    await raw(hub, 'not JSON at all');
    const [item] = await everyItem(hub, '/api/admin/quarantine');
    const answer = await hub.admin(`/api/admin/quarantine/${item.seq}/retry`, post);
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'quarantined', reason: 'not JSON' } });
    expect(await everyItem(hub, '/api/admin/quarantine')).toEqual([item]);
    expect(await auditOf(hub)).toMatchObject([{ action: 'quarantine.retry', details: { outcome: 'quarantined' } }]);
  });
});

test('updates are discarded, one or many, and nothing else is', async () => {
  const hub = await startHub();
  await hub.message(5, 'Hola');
  for (const updateId of [6, 7, 8]) await hub.update(edited(updateId, 'Cambiado'));
  const items = await everyItem(hub, '/api/admin/quarantine');
  const heard = changesOf(hub);
  const discard = (seqs: number[]) => hub.admin('/api/admin/quarantine/discard', { method: 'POST', json: { seqs } });
  const [row] = await hub.hub.db.read
    .selectFrom('telegram_updates')
    .select('seq')
    .where('outcome', '=', 'instruction')
    .execute();
  const seqs = items.slice(1).map(({ seq }) => seq);
  expect((await discard([...seqs, row?.seq ?? 0, 999_999])).body).toEqual({ count: 2 });
  expect((await discard(seqs)).body).toEqual({ count: 0 });
  expect(await everyItem(hub, '/api/admin/quarantine')).toEqual([items[0]]);
  expect(await updatesOf(hub)).toMatchObject([{ update_id: 5 }, { update_id: 8 }]);
  expect(heard.filter((one) => one.startsWith('update ')).sort()).toEqual(seqs.map((seq) => `update ${seq}`).sort());
  expect((await auditOf(hub)).map(({ action, id }) => [action, id]).sort()).toEqual(
    seqs.map((seq) => ['quarantine.discard', String(seq)]).sort(),
  );
  expect((await discard([])).status).toBe(400);
  expect((await discard(Array.from({ length: 201 }, (_, i) => i + 1))).status).toBe(400);
});

test('an update that came another way meanwhile only leaves', async () => {
  const hub = await startHub();
  await hub.message(9, 'Hola');
  const body = Buffer.from(JSON.stringify(privateMessage(9, { text: 'Hola' })));
  await hub.hub.db.transact(async (tx) => {
    const row = { update_id: null, kind: 'unreadable', outcome: 'quarantined', reason: 'x', raw: body, received_at: 1 };
    await tx.kysely
      .insertInto('telegram_updates')
      .values({ ...row, outcome: 'quarantined' })
      .execute();
  });
  const [item] = await everyItem(hub, '/api/admin/quarantine');
  const answer = await hub.admin(`/api/admin/quarantine/${item.seq}/retry`, post);
  expect(answer.body).toEqual({ outcome: 'duplicate', reason: null });
  expect(await instructionsOf(hub)).toHaveLength(1);
  expect(await everyItem(hub, '/api/admin/quarantine')).toEqual([]);
});

test('the largest update is shown cut, and read in the list only by its beginning', async () => {
  const hub = await startHub();
  const filler = 'ñ'.repeat(500_000);
  await raw(hub, `{"filler":"${filler}"}`);
  const [item] = await everyItem(hub, '/api/admin/quarantine');
  expect(item.excerpt.length).toBeLessThan(201);
  const { body } = await hub.admin(`/api/admin/quarantine/${item.seq}`);
  expect(body.raw).toBe(`{"filler":"${filler}"}`);
});

test('bad input is refused', async () => {
  const hub = await startHub();
  await hub.message(1, 'Hola');
  for (const query of ['outcome=instruction', 'outcome=', 'cursor=%00', 'limit=abc', 'q=1']) {
    expect([query, (await hub.admin(`/api/admin/quarantine?${query}`)).status]).toEqual([query, 400]);
  }
  for (const seq of ['x', '-1', '1e3', '9'.repeat(20)]) {
    expect((await hub.admin(`/api/admin/quarantine/${seq}`)).status).toBe(400);
    expect((await hub.admin(`/api/admin/quarantine/${seq}/retry`, post)).status).toBe(400);
  }
  // An update that became an instruction is none of these.
  for (const seq of ['1', '999999']) {
    expect((await hub.admin(`/api/admin/quarantine/${seq}`)).status).toBe(404);
    expect((await hub.admin(`/api/admin/quarantine/${seq}/retry`, post)).status).toBe(404);
  }
  const headers = { authorization: `Token ${ADMIN_TOKEN}x` };
  expect((await hub.fetch('/api/admin/quarantine', { headers })).status).toBe(401);
});
