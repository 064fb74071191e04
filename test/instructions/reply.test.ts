import { describe, expect, test, vi } from 'vitest';
import { MOST_WAITING } from '../../src/push/quota.ts';
import { DIALECTS } from '../support/hub.ts';
import { PERSON, type PushingHub, startPushing, TRANSPORTS, type Transport } from '../support/push.ts';
import type { TestSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

interface Reporter {
  id: string;
  /** Reports on the instruction; `body` is the answer, or the error. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; the assertions are the check.
  report(fields: Record<string, unknown>): Promise<{ ok: boolean; body: any }>;
}

/** The TPV of one person's message, which it has and has not reported on. */
async function reporterOf(hub: PushingHub, over: Transport): Promise<Reporter> {
  if (over === 'REST') {
    const { body: fetched } = await hub.one.fetch('/api/tpv/instructions/');
    const { id } = fetched.instructions[0];
    return {
      id,
      async report(json) {
        const { status, body } = await hub.one.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json });
        return { ok: status === 200, body };
      },
    };
  }
  const socket: TestSocket = await hub.one.socket();
  const { id } = (await socket.next('instruction')).instruction;
  let refs = 0;
  return {
    id,
    async report(fields) {
      const ref = `${++refs}`;
      socket.send({ type: 'update', ref, id, ...fields });
      const result = await socket.next('result');
      expect(result.ref).toBe(ref);
      return result.ok ? { ok: true, body: result.data } : { ok: false, body: result.error };
    },
  };
}

function messagesOf(hub: PushingHub) {
  return hub.hub.db.read.selectFrom('push_messages').selectAll().orderBy('seq').execute();
}

async function statusOf(hub: PushingHub, id: string): Promise<string> {
  return (await hub.one.fetch(`/api/tpv/instructions/${id}/`)).body.status;
}

describe.each(DIALECTS)('a report with a reply on %s', (database) => {
  describe.each(TRANSPORTS)('over %s', (over) => {
    test('completes its instruction and brings the message, and sends nothing when it is repeated', async () => {
      const hub = await startPushing({ database });
      const { id, report } = await reporterOf(hub, over);
      const reply = {
        text: 'Recibido: <b>2 cañas</b>',
        buttons: [[{ text: 'Gracias', action: 'thanks', data: { n: 1 } }]],
      };
      const said = { status: 'completed', response: { order: 1 }, reply };
      const first = await report(said);
      expect(first).toEqual({
        ok: true,
        body: { status: 'ok', instruction_id: id, new_status: 'completed', push_message_id: expect.any(String) },
      });
      expect(await hub.person.waitForMessage()).toMatchObject({ text: 'Recibido: 2 cañas' });
      expect(await report(said)).toEqual(first);
      expect(await report({ status: 'completed', reply: { text: 'Otra cosa' } })).toEqual(first);
      expect(await messagesOf(hub)).toEqual([
        expect.objectContaining({ id: first.body.push_message_id, tpv_id: hub.one.id, chat_id: PERSON }),
      ]);
      const { body } = await hub.one.fetch(`/api/tpv/instructions/${id}/`);
      expect(body).toMatchObject({ status: 'completed', response: { order: 1 } });
      const state = () => hub.one.fetch(`/api/tpv/push/${first.body.push_message_id}/`);
      await vi.waitFor(async () => expect((await state()).body.status).toBe('sent'), WAIT_MS);
      const pressed = await hub.hub.db.read.selectFrom('buttons').selectAll().execute();
      expect(pressed).toEqual([expect.objectContaining({ action: 'thanks', telegram_user_id: PERSON })]);
    });

    test('under way has a message of its own beside the one at the end', async () => {
      const hub = await startPushing({ database });
      const { report } = await reporterOf(hub, over);
      const first = await report({ status: 'processing', reply: { text: 'En ello' } });
      expect(await report({ status: 'processing', reply: { text: 'En ello' } })).toEqual(first);
      // A sign of life says no more than that.
      expect((await report({ status: 'processing' })).body).not.toHaveProperty('push_message_id');
      const last = await report({ status: 'completed', reply: { text: 'Hecho' } });
      expect(last.body.push_message_id).not.toBe(first.body.push_message_id);
      expect((await messagesOf(hub)).map(({ text }) => text)).toEqual(['En ello', 'Hecho']);
    });

    test.each([
      ['too long a text', { text: 'a'.repeat(4_097) }, 'reply.text'],
      ['no text', {}, 'reply.text'],
      ['a photo without a URL', { message_type: 'photo' }, 'reply.data.photo_url'],
      [
        'an unknown field',
        { text: 'a', telegram_user_id: PERSON },
        expect.stringMatching(/^reply(\.telegram_user_id)?$/),
      ],
      [
        'a URL that may not be called',
        { text: 'a', buttons: [[{ text: 'b', callback_url: 'https://elsewhere.example/' }]] },
        'reply.buttons.0.0.callback_url',
      ],
    ])('with %s is refused as a whole', async (_name, reply, path) => {
      const hub = await startPushing({ database });
      const { id, report } = await reporterOf(hub, over);
      const refused = await report({ status: 'completed', reply });
      expect(refused.ok).toBe(false);
      expect(refused.body).toMatchObject({ code: 'invalid_request', details: [expect.objectContaining({ path })] });
      expect(await statusOf(hub, id)).toBe('sent');
      expect(await messagesOf(hub)).toEqual([]);
      expect((await report({ status: 'completed', reply: { text: 'Hecho' } })).ok).toBe(true);
    });
  });

  test('finds no room where its TPV has as much waiting as it may, and is kept once there is', async () => {
    const hub = await startPushing({ database });
    const { id, report } = await reporterOf(hub, 'REST');
    await hub.hub.db.transact(async (tx) => {
      const row = { tpv_id: hub.one.id, chat_id: 77, kind: 'text', text: 'a', parse_mode: 'none', data: '{}' } as const;
      const later = {
        disable_notification: 0,
        status: 'pending',
        created_at: 1,
        queued_at: 1,
        not_before: 4e12,
      } as const;
      const rows = Array.from({ length: MOST_WAITING }, (_, n) => ({ id: `waiting ${n}`, ...row, ...later }));
      // Typed as JSON by those who write it.
      for (let at = 0; at < rows.length; at += 500) {
        await tx.kysely
          .insertInto('push_messages')
          .values(rows.slice(at, at + 500) as never)
          .execute();
      }
    });
    const said = { status: 'completed', reply: { text: 'Hecho' } };
    expect(await report(said)).toMatchObject({ ok: false, body: { code: 'quota_exceeded' } });
    expect(await statusOf(hub, id)).toBe('sent');
    await hub.hub.db.transact((tx) => tx.kysely.deleteFrom('push_messages').where('id', '=', 'waiting 1').execute());
    expect(await report(said)).toMatchObject({ ok: true });
    // Once it has its reply, the same report is no more a message.
    expect(await report(said)).toMatchObject({ ok: true });
  });

  test('to a person who blocked the bot is kept; the reply fails as any message does', async () => {
    const hub = await startPushing({ database });
    const { id, report } = await reporterOf(hub, 'REST');
    hub.person.block(true);
    const { body } = await report({ status: 'completed', reply: { text: 'Hecho' } });
    const state = () => hub.one.fetch(`/api/tpv/push/${body.push_message_id}/`);
    await vi.waitFor(async () => expect((await state()).body).toMatchObject({ status: 'failed' }), WAIT_MS);
    expect((await state()).body.telegram_error_code).toBe(403);
    expect(await statusOf(hub, id)).toBe('completed');
    const detail = await hub.admin(`/api/admin/instructions/${id}`);
    expect(detail.body.replies).toEqual([
      {
        push_id: body.push_message_id,
        reported: 'completed',
        kind: 'text',
        text: 'Hecho',
        has_markup: true,
        buttons: [],
        keyboard: [],
        status: 'failed',
        error_message: expect.stringContaining('blocked'),
      },
    ]);
  });

  test('to a press arrives beside the press’s answer, also where its person has another TPV by then', async () => {
    const hub = await startPushing({ database });
    const socket = await hub.one.socket();
    await socket.report((await socket.next('instruction')).instruction.id, 'completed');
    await hub.send({ text: '¿Sí?', buttons: [[{ text: 'Sí', action: 'yes' }]] });
    await hub.emulatorDelivers();
    const { message_id: messageId } = await hub.person.waitForMessage();
    const { answered } = hub.person.press(messageId, 'Sí');
    const { instruction } = await socket.next('instruction');
    const { id: tpvId } = await hub.tpv({ name: 'Otro' });
    const moved = await hub.admin(`/api/admin/users/${PERSON}/tpv`, { method: 'PUT', json: { tpv_id: tpvId } });
    expect(moved.status).toBe(200);
    const said = { response: { text: '✅ Sí' }, reply: { text: 'Apuntado' } };
    expect((await socket.report(instruction.id, 'completed', said)).ok).toBe(true);
    expect(await answered).toMatchObject({ text: '✅ Sí' });
    await vi.waitFor(() => expect(hub.person.chat.map(({ text }) => text)).toContain('Apuntado'), WAIT_MS);
  });

  test('that another TPV or no person stands behind sends nothing', async () => {
    const hub = await startPushing({ database });
    const { id, report } = await reporterOf(hub, 'REST');
    const two = await hub.tpv({ name: 'Otro' });
    const json = { status: 'completed', reply: { text: 'Hecho' } };
    expect((await two.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json })).status).toBe(404);
    expect((await report({ status: 'failed' })).ok).toBe(true);
    expect(await report(json)).toMatchObject({ ok: false, body: { code: 'invalid_transition' } });
    const socket = await hub.one.socket();
    const tested = hub.admin(`/api/admin/tpvs/${hub.one.id}/test`, { method: 'POST', json: {} });
    const { instruction } = await socket.next('instruction');
    socket.send({ type: 'update', ref: '1', id: instruction.id, ...json });
    expect((await socket.next('result')).data).not.toHaveProperty('push_message_id');
    expect((await tested).status).toBe(200);
    expect(await messagesOf(hub)).toEqual([]);
  });

  test('is told where its TPV pushed under the reply’s own key', async () => {
    const hub = await startPushing({ database });
    const { id, report } = await reporterOf(hub, 'REST');
    await hub.send({ text: 'Mío' }, { key: `${id}:reply:completed` });
    const refused = await report({ status: 'completed', reply: { text: 'Hecho' } });
    expect(refused).toMatchObject({ ok: false, body: { code: 'idempotency_conflict' } });
    expect(await statusOf(hub, id)).toBe('sent');
  });
});
