import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, fileMemory, HubClient, type InstructionHandler, inMemory, type Memory } from '#hub-client';
import { FakeHub } from '../../client-sdk/src/testing/mod.ts';
import { startPushing } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';
import { instruction, online } from './support/scripted-hub.ts';

const BUTTONS = [[{ text: 'Gracias', action: 'thanks', data: { n: 1 } }]];
const TRANSPORTS = ['websocket', 'polling'] as const;

function tempFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-answer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'memory');
}

test.each(TRANSPORTS)(
  'by %s a person reads what the handler answers, and the hub keeps its response',
  async (transport) => {
    const hub = await startPushing();
    const tpv = new HubClient({ url: hub.url, apiKey: hub.one.key, transport });
    onTestFinished(() => tpv.close());
    tpv.on('process_message', ({ payload }) =>
      answer(`Recibido: <b>${payload.text}</b>`, { buttons: BUTTONS, response: { order: 1 } }),
    );
    await tpv.connect();
    const shown = await hub.person.waitForMessage();
    expect(shown).toMatchObject({ text: 'Recibido: Hola', entities: [{ type: 'bold' }] });
    expect(shown.reply_markup?.inline_keyboard).toMatchObject([[{ text: 'Gracias' }]]);
    await vi.waitFor(async () => {
      const rows = await hub.hub.db.read.selectFrom('instructions').selectAll().execute();
      expect(rows).toEqual([expect.objectContaining({ status: 'completed', response: '{"order":1}' })]);
    }, WAIT_MS);
  },
);

test('a photo, a document and a place go by their URL and their numbers', async () => {
  const { session } = await online((tpv) =>
    tpv.on('process_message', ({ payload }) => {
      if (payload.text === 'photo') return answer('El plato', { photo: { url: new URL('https://bar.example/a.jpg') } });
      if (payload.text === 'document') return answer('', { document: { url: 'https://bar.example/a.pdf' } });
      return answer('', { location: { latitude: 40.4, longitude: -3.7 } });
    }),
  );
  const replies: unknown[] = [];
  for (const text of ['photo', 'document', 'place']) {
    session.give(instruction({ payload: { text } }));
    replies.push((await session.accepted()).reply);
  }
  expect(replies).toMatchObject([
    { message_type: 'photo', text: 'El plato', data: { photo_url: 'https://bar.example/a.jpg' } },
    { message_type: 'document', data: { document_url: 'https://bar.example/a.pdf' } },
    { message_type: 'location', data: { latitude: 40.4, longitude: -3.7 } },
  ]);
});

const memories: [string, () => Memory][] = [
  ['inMemory', () => inMemory()],
  ['fileMemory', () => fileMemory(tempFile())],
];
test.each(memories)('what comes again is answered the same from %s, and sends nothing twice', async (_name, make) => {
  const hub = await FakeHub.start();
  onTestFinished(() => hub.close());
  let runs = 0;
  const tpv = new HubClient({ ...hub.access, memory: make() });
  onTestFinished(() => tpv.close());
  tpv.on('process_message', () => answer(`Pedido n.º ${++runs}`, { response: { order: runs } }));
  await tpv.connect();
  const { id } = hub.say('2 cañas');
  await hub.ended(id);
  hub.repeat(id);
  await hub.until(() => hub.reports.length === 2);
  const [first, again] = hub.reports;
  expect(again).toEqual(first);
  expect(first).toMatchObject({ status: 'completed', response: { order: 1 }, reply: { text: 'Pedido n.º 1' } });
  expect(hub.pushes.map(({ fields }) => fields)).toMatchObject([{ telegram_user_id: 1001, text: 'Pedido n.º 1' }]);
});

test('an answer outlives its process with a file', async () => {
  const hub = await FakeHub.start();
  onTestFinished(() => hub.close());
  const path = tempFile();
  const start = async (handler: InstructionHandler) => {
    const tpv = new HubClient({ ...hub.access, memory: fileMemory(path) });
    onTestFinished(() => tpv.close());
    tpv.otherwise(handler);
    await tpv.connect();
    return tpv;
  };
  const first = await start(() => answer('Sin respuesta para el hub'));
  const { id } = hub.say('2 cañas');
  await hub.ended(id);
  await first.close();
  await start(() => answer('Otra cosa'));
  await hub.until(() => hub.connected);
  hub.repeat(id);
  await hub.until(() => hub.reports.length === 2);
  expect(hub.reports.map(({ reply }) => reply?.text)).toEqual(Array(2).fill('Sin respuesta para el hub'));
  expect(hub.pushes).toHaveLength(1);
});

test('an answer that the hub refuses for good fails its instruction, and one that it can’t take now is sent again', async () => {
  const { clock, session } = await online((tpv) => tpv.on('process_message', () => answer('<b>')));
  const given = instruction();
  session.give(given);
  const report = await session.report();
  const refuse = (code: string) =>
    session.send({
      type: 'result',
      ref: report.ref,
      ok: false,
      error: { code, message: 'no', details: [{ path: 'reply.text', message: 'es obligatorio' }] },
    });
  refuse('quota_exceeded');
  await session.read();
  clock.advance(10_000);
  expect(await session.report()).toEqual(report);
  refuse('invalid_request');
  const failed = await session.accepted();
  expect(failed).toMatchObject({ id: given.id, status: 'failed' });
  expect(failed.error_message).toMatch(/reply\.text es obligatorio$/);
  expect(failed).not.toHaveProperty('reply');
});

test('a handler that throws brings its person no word of the error', async () => {
  const { session } = await online((tpv) =>
    tpv.on('process_message', () => {
      throw new Error('ECONNREFUSED 10.0.0.7');
    }),
  );
  session.give(instruction());
  const report = await session.accepted();
  expect(report).toMatchObject({ status: 'failed', error_message: 'ECONNREFUSED 10.0.0.7' });
  expect(report).not.toHaveProperty('reply');
});

test('an answer that no frame could carry fails where it is made', () => {
  expect(() => answer('a'.repeat(132_000))).toThrow('ocupa más de');
});

test('an answer has its outcome for a memory of the TPV’s own', () => {
  expect(answer('Hecho', { response: 1 }).outcome).toEqual({
    status: 'completed',
    response: 1,
    reply: { message_type: 'text', text: 'Hecho' },
  });
});
