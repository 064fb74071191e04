import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS } from '../support/hub.ts';
import { type PushingHub, startPushing } from '../support/push.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;
// 1 × 1 pixel.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const png = (bytes: Buffer = PNG) => new File([new Uint8Array(bytes)], 'ticket.png', { type: 'image/png' });
const photo = (fields: Record<string, string | File> = {}) => ({ message_type: 'photo', photo: png(), ...fields });

/** What is kept of files: in a folder beside a SQLite database, in PostgreSQL itself. */
async function filesOf({ databaseUrl, hub }: PushingHub): Promise<string[]> {
  if (hub.db.dialect === 'postgres') {
    return (await hub.db.read.selectFrom('uploads').select('id').execute()).map(({ id }) => id);
  }
  try {
    return readdirSync(join(dirname(databaseUrl.slice('sqlite:'.length)), 'uploads'));
  } catch {
    return [];
  }
}

describe.each(DIALECTS)('an upload on %s', (database) => {
  test('reaches the person as a photo, with its caption and buttons', async () => {
    const hub = await startPushing({ database });
    const buttons = JSON.stringify([[{ text: 'Ver', action: 'ver' }]]);
    const { status, body } = await hub.upload(photo({ text: 'El <b>ticket</b>', buttons }));
    expect([status, body.status]).toEqual([201, 'sent']);
    const message = await hub.person.waitForMessage();
    expect(message).toMatchObject({ caption: 'El ticket', reply_markup: { inline_keyboard: [[{ text: 'Ver' }]] } });
    expect(message.photo?.at(-1)).toMatchObject({ file_size: PNG.length, width: 1 });
    const kept = await hub.hub.db.read.selectFrom('push_messages').select('data').executeTakeFirst();
    expect(kept?.data).toContain(`"sent_file_id":"${message.photo?.at(-1)?.file_id}"`);
  });

  test('reaches the person as a document of its name', async () => {
    const hub = await startPushing({ database });
    const document = new File(['%PDF-1.7'], 'factura nº 7.pdf', { type: 'application/pdf' });
    expect(await hub.upload({ message_type: 'document', document })).toMatchObject({ status: 201 });
    expect(await hub.person.waitForMessage()).toMatchObject({
      document: { file_name: 'factura nº 7.pdf', file_size: 8 },
    });
  });

  test('is named by its bytes under an Idempotency-Key', async () => {
    const hub = await startPushing({ database });
    const first = await hub.upload(photo(), 'k');
    expect(await hub.upload(photo(), 'k')).toEqual(first);
    const other = await hub.upload(photo({ photo: png(Buffer.concat([PNG, PNG])) }), 'k');
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
    expect(hub.calls()).toHaveLength(1);
    // Telegram has it, and what came again was of no use.
    await expect.poll(() => filesOf(hub)).toEqual([]);
  });

  test('of a message that is refused is deleted', async () => {
    const hub = await startPushing({ database });
    expect((await hub.upload(photo({ telegram_user_id: '77' }))).status).toBe(404);
    expect((await hub.upload(photo({ text: 'a'.repeat(1_025) }))).status).toBe(400);
    expect((await hub.upload(photo({ photo: png(Buffer.alloc(11 * MEGABYTE)) }))).status).toBe(413);
    expect(await filesOf(hub)).toEqual([]);
    expect(hub.calls()).toEqual([]);
  });

  test('whose fate is unknown stays, and is sent again where its TPV says so', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock });
    hub.emulator.fail({ method: 'sendPhoto', times: 1, how: { kind: 'reset' } });
    const { body } = await hub.upload(photo());
    expect(body.status).toBe('unknown');
    await clock.jump(3 * HOUR);
    await clock.jump(HOUR);
    expect(await filesOf(hub)).toHaveLength(1);
    const path = `/api/tpv/push/${body.push_message_id}/`;
    expect((await hub.one.fetch(`${path}resend/`, { method: 'POST' })).status).toBe(202);
    await hub.person.waitForMessage(({ photo: sizes }) => sizes !== undefined);
    await expect.poll(() => filesOf(hub)).toEqual([]);
  });
});

test('an upload that waits survives a restart and the sweep', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 4 * 3_600 } as const;
  const allow = hub.emulator.fail({ method: 'sendPhoto', how });
  expect((await hub.upload(photo())).status).toBe(202);
  allow();
  await hub.close();
  const { emulator, databaseUrl } = hub;
  const again = await startPushing({ clock, emulator, databaseUrl });
  await clock.jump(2 * HOUR);
  await clock.jump(HOUR);
  expect(await filesOf(again)).toHaveLength(1);
  await clock.jump(HOUR + 1_000);
  await hub.person.waitForMessage(({ photo: sizes }) => sizes !== undefined);
  await expect.poll(() => filesOf(again)).toEqual([]);
});

test('an upload from before uploads were counted counts after the next sweep', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 4 * 3_600 } as const;
  hub.emulator.fail({ method: 'sendPhoto', how });
  expect((await hub.upload(photo())).status).toBe(202);
  const { db } = hub.hub;
  await db.transact(async (tx) => {
    await tx.kysely.updateTable('push_messages').set({ upload_bytes: null }).execute();
  });
  await clock.jump(HOUR);
  await expect
    .poll(() => db.read.selectFrom('push_messages').select('upload_bytes').execute())
    .toEqual([{ upload_bytes: PNG.length }]);
});

test('a message whose upload is gone has failed, and says why', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  hub.emulator.fail({ method: 'sendPhoto', times: 1, how: { kind: 'reset' } });
  const { body } = await hub.upload(photo());
  const [row] = await hub.hub.db.read.selectFrom('push_messages').select('data').execute();
  rmSync(JSON.parse(row?.data ?? '{}').file.path);
  const path = `/api/tpv/push/${body.push_message_id}/`;
  await hub.one.fetch(`${path}resend/`, { method: 'POST' });
  // Nothing leaves for a second after the cut; then Telegram is probed.
  await clock.advance(1_000);
  await expect
    .poll(async () => (await hub.one.fetch(path)).body)
    .toMatchObject({ status: 'failed', error_message: 'el fichero que llevaba ya no está' });
  expect(hub.calls()).toHaveLength(1);
});

test('a settled message goes when its time is over, and its upload with it', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  hub.emulator.fail({ method: 'sendPhoto', times: 1, how: { kind: 'reset' } });
  const { body } = await hub.upload(photo());
  const path = `/api/tpv/push/${body.push_message_id}/`;
  await clock.jump(7 * 24 * HOUR - HOUR);
  await clock.advance(2_000);
  expect((await hub.one.fetch(path)).status).toBe(200);
  await clock.jump(HOUR);
  await expect.poll(() => clock.advance(1_000).then(async () => (await hub.one.fetch(path)).status)).toBe(404);
  await clock.jump(HOUR);
  await expect.poll(() => filesOf(hub)).toEqual([]);
});
