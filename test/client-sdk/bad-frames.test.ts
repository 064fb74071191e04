import { expect, test } from 'vitest';
import { instruction, online } from './support/scripted-hub.ts';

test('broken, unknown and wrong frames are left out, and the session goes on', async () => {
  const { session, tpv, logged } = await online((client) => client.on('process_message', () => 'done'));
  for (const text of ['', '{', 'null', '[]', '"x"', '{"type":7}', '{"type":"poem"}']) session.socket.send(text);
  session.socket.send(Buffer.from([1, 2, 3]));
  session.send(
    { type: 'instruction', instruction: { ...instruction(), id: 7 } },
    { type: 'instruction' },
    { type: 'result', ref: 'nobody', ok: true },
    { type: 'result', ok: true },
    { type: 'revoked', id: crypto.randomUUID(), reason: 'expired' },
    { type: 'drain', reconnect_after_ms: -1 },
    { type: 'error', error: { code: 'invalid_request', message: 'no' } },
  );
  session.welcome();
  session.give(instruction());
  expect((await session.accepted()).status).toBe('completed');
  expect(tpv.status.state).toBe('online');
  expect(logged.filter((line) => line.includes('could not be read'))).toHaveLength(12);
});

test('unknown fields are no fault, and reach the handler', async () => {
  const { session } = await online((tpv) => tpv.on('process_message', (given) => given.mood));
  session.send({ type: 'instruction', instruction: { ...instruction(), mood: 'good' }, colour: 'blue' });
  expect((await session.accepted()).response).toBe('good');
});

test('a status listener that throws harms nobody', async () => {
  const { session } = await online((tpv) => {
    tpv.onStatus(() => {
      throw new Error('listener');
    });
    tpv.on('process_message', () => 'done');
  });
  session.give(instruction());
  expect((await session.accepted()).status).toBe('completed');
});
