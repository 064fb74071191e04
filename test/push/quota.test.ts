import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { MOST_UPLOAD_BYTES, MOST_WAITING, PushQuota } from '../../src/push/quota.ts';
import { uploadStore } from '../../src/push/uploads.ts';
import { DIALECTS, freshDatabase, type TestHub } from '../support/hub.ts';
import { PERSON, startPushing } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';

const FAR = 9e12;
const KIB = 1024;

/** Messages of a TPV that wait, of which each has a file of so many bytes. */
async function waiting({ hub }: TestHub, tpvId: string, count: number, bytes: number | null = null): Promise<void> {
  await hub.db.transact(async (tx) => {
    await sql`insert into push_messages (id, tpv_id, chat_id, kind, text, parse_mode, data, disable_notification, status,
        created_at, queued_at, not_before, upload_bytes)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)})
      select ${tpvId} || '-' || i || '-' || ${String(bytes)}, ${tpvId}, 77, 'document', '', 'none', '{}', 0, 'pending', 1, 1,
        ${sql.lit(FAR)}, cast(${bytes} as bigint) from n`.execute(tx.kysely);
  });
}

const file = (bytes: number) => ({
  message_type: 'document',
  document: new File([Buffer.alloc(bytes, 1)], 'carta.pdf', { type: 'application/pdf' }),
});

describe.each(DIALECTS)('S29: what a TPV may have waiting on %s', (database) => {
  test('row 32: a TPV with 10,000 messages waiting is refused with the reason, and others are not', async () => {
    const hub = await startPushing({ database });
    const { one } = hub;
    await waiting(hub, one.id, MOST_WAITING - 1);
    expect(await hub.send({ text: 'la última' })).toMatchObject({ status: 201 });
    await waiting(hub, one.id, 1, 5);
    const refused = {
      ok: false,
      body: { code: 'quota_exceeded', details: [{ path: '', message: 'ya esperan 10.000 mensajes tuyos, el máximo' }] },
    };
    expect(await hub.send({ text: 'una más' })).toMatchObject({ status: 429, ...refused });
    expect(await hub.send({ text: 'una más' }, { over: 'the socket' })).toMatchObject(refused);
    expect(await hub.upload(file(10))).toMatchObject({ status: 429, ...refused });
    const older = await one.fetch('/api/register_notification/', {
      method: 'POST',
      json: {
        telegram_user_id: PERSON,
        mensaje: 'Hola',
        callback_url: 'http://127.0.0.1:9/',
        token: 't',
        uid_dispositivo: 'd',
        botones: [],
      },
    });
    expect(older.status).toBe(429);
    const other = await hub.tpv();
    const person = { telegram_user_id: 5005, text: 'Hola' };
    await hub.admin(`/api/admin/tpvs/${one.id}/deactivate`, { method: 'POST', json: { users: 'keep' } });
    await hub.message(2, 'Hola', 5005);
    hub.emulator.person({ id: 5005, first_name: 'Eva', started: true });
    expect(await other.fetch('/api/tpv/push/', { method: 'POST', json: person })).toMatchObject({ status: 201 });
    const { body } = await hub.admin('/api/admin/overview');
    expect(body.alarms).toContainEqual(
      expect.objectContaining({
        code: 'tpv_quota_reached',
        severity: 'critical',
        tpv: { id: one.id, name: expect.any(String) },
      }),
    );
  });

  test('row 32: its files take 200 MB at most, also of those that come at once, and a refused one leaves nothing', async () => {
    const hub = await startPushing({ database });
    // Exactly what one more file of 600 KiB needs, and a second one has not.
    await waiting(hub, hub.one.id, 1, MOST_UPLOAD_BYTES - 700 * KIB);
    // What Telegram has takes no place: it gets none before the others have come.
    hub.emulator.off(true);
    const uploads = [1, 2, 3].map(() => hub.upload(file(600 * KIB)));
    let answered = 0;
    for (const upload of uploads) void upload.then(() => answered++);
    await vi.waitFor(() => expect(answered).toBeGreaterThanOrEqual(2), WAIT_MS);
    hub.emulator.off(false);
    const answers = await Promise.all(uploads);
    const taken = answers.filter(({ ok }) => ok).length;
    expect(taken).toBeLessThanOrEqual(1);
    for (const { status, body } of answers.filter(({ ok }) => !ok)) {
      expect([status, body.code]).toEqual([429, 'quota_exceeded']);
      expect(body.details[0].message).toBe('tus ficheros en espera ocuparían más de 200 MB, el máximo');
    }
    // Messages without a file never took a place.
    const sent = async () => (await hub.one.fetch('/api/tpv/stats/')).body.push_messages.sent;
    await vi.waitFor(async () => expect(await sent()).toBe(taken), WAIT_MS);
    expect(await hub.upload(file(600 * KIB))).toMatchObject({ ok: true });
    expect(await hub.upload(file(800 * KIB))).toMatchObject({ status: 429 });
    expect(await hub.send({ text: 'Hola' })).toMatchObject({ status: 201 });
  });

  test('a message that is sent once more needs room like a new one', async () => {
    const hub = await startPushing({ database });
    hub.emulator.fail({ method: 'sendMessage', how: { kind: 'error', code: 400, description: 'Bad Request: no' } });
    const { body } = await hub.send({ text: 'Hola' });
    await waiting(hub, hub.one.id, MOST_WAITING);
    const again = await hub.one.fetch(`/api/tpv/push/${body.push_message_id}/resend/`, { method: 'POST' });
    expect(again).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } });
  });
});

test('a nearly full disk refuses files first, before one is read, and takes messages', async () => {
  const path = (await freshDatabase('sqlite')).slice('sqlite:'.length);
  const uploads = uploadStore(join(dirname(path), 'uploads'), () => 1);
  const reached: string[] = [];
  let room: boolean | undefined = false;
  const quota = new PushQuota({
    db: { query: async () => [] },
    reached: (tpvId) => reached.push(tpvId),
    diskHasRoom: async () => room,
  });
  await expect(quota.storeFor('tpv', uploads)).rejects.toMatchObject({ code: 'insufficient_storage', status: 507 });
  room = undefined;
  const { store, release } = await quota.storeFor('tpv', uploads);
  async function* chunks() {
    for (let i = 0; i < 201; i++) yield Buffer.alloc(KIB * KIB);
  }
  const input = { part: 'document', name: 'a', mimeType: 'b', limitBytes: 1e12 };
  await expect(store.save(chunks(), input)).rejects.toMatchObject({ code: 'quota_exceeded', retryAfterSeconds: 30 });
  expect(await readdir(join(dirname(path), 'uploads'))).toEqual([]);
  expect(reached).toEqual(['tpv']);
  release();
  // What was refused takes no place.
  const again = await quota.storeFor('tpv', uploads);
  async function* one() {
    yield Buffer.alloc(KIB);
  }
  expect(await again.store.save(one(), input)).toMatchObject({ bytes: KIB });
});
