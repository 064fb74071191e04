import { describe, expect, test } from 'vitest';
import { DIALECTS, startHub } from '../support/hub.ts';

describe.each(DIALECTS)('the main job on %s', (database) => {
  test('a message reaches its TPV over the socket, and the report is kept', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    expect((await hub.message(1, 'Hola, quiero hacer un pedido')).body).toEqual({ ok: true });
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ command: 'process_message', status: 'sent', telegram_user_id: 1001 });
    expect(instruction.payload).toMatchObject({ chat_id: 1001, text: 'Hola, quiero hacer un pedido', attachments: [] });
    expect(await socket.report(instruction.id, 'completed', { response: { ok: 1 } })).toMatchObject({ ok: true });
    const kept = await tpv.fetch(`/api/tpv/instructions/${instruction.id}/`);
    expect(kept.body).toMatchObject({ status: 'completed', response: { ok: 1 } });
  });

  test('a message reaches its TPV with the next poll, and the report is kept', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const waiting = tpv.fetch('/api/tpv/instructions/?wait=20');
    await hub.message(1, 'Hola');
    const { body } = await waiting;
    expect(body).toMatchObject({ count: 1, instructions: [{ status: 'sent', payload: { text: 'Hola' } }] });
    const id = body.instructions[0].id;
    const answer = await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } });
    expect(answer.body).toEqual({ status: 'ok', instruction_id: id, new_status: 'completed' });
  });
});
