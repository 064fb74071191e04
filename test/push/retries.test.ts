import { describe, expect, test } from 'vitest';
import { seenInChat } from '../../src/push/push-store.ts';
import { resend } from '../../src/push/resend.ts';
import type { SendOutcome } from '../../src/push/send-port.ts';
import { sent, startDispatcher } from '../support/dispatcher.ts';
import { DIALECTS, messageUpdate } from '../support/hub.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const unreachable: SendOutcome = { kind: 'unreachable', description: 'ECONNREFUSED' };
const cut: SendOutcome = { kind: 'cut', description: 'EPIPE' };
const unknown: SendOutcome = { kind: 'unknown', description: 'ECONNRESET' };
const refused = (code: number, more: object = {}): SendOutcome => ({
  kind: 'refused',
  code,
  description: `Telegram says ${code}`,
  ...more,
});

describe.each(DIALECTS)('a message on %s', (database) => {
  test('that could not leave is tried again after 1, 2, 4 … 60 seconds', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => unreachable;
    const id = await hub.push(1, 'a');
    await hub.clock.advance(190 * SECOND);
    expect(hub.got.map(({ at }) => at / SECOND)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    expect(hub.probes.map((at) => at / SECOND)).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    hub.answer = sent;
    await hub.clock.advance(60 * SECOND);
    expect(await hub.row(id)).toMatchObject({ status: 'sent', attempts: 10, not_before: null });
  });

  test('that could not leave waits untried while probes after 1, 2, 4 … 60 seconds fail, and leaves with the first that works', async () => {
    const hub = await startDispatcher({ database });
    hub.works = () => false;
    hub.connect = async () => unreachable;
    const id = await hub.push(1, 'a');
    await hub.clock.advance(190 * SECOND);
    expect(hub.probes.map((at) => at / SECOND)).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    expect(await hub.row(id)).toMatchObject({ status: 'pending', attempts: 0, error_message: 'ECONNREFUSED' });
    hub.works = () => true;
    hub.connect = async () => undefined;
    await hub.clock.advance(53 * SECOND - 1);
    expect(hub.got).toEqual([]);
    await hub.clock.advance(1);
    expect(await hub.row(id)).toMatchObject({ status: 'sent', attempts: 1, not_before: null });
  });

  test('that is being connected is pending still, and counts as sending only once it may leave', async () => {
    const hub = await startDispatcher({ database });
    const connected = Promise.withResolvers<undefined>();
    hub.connect = () => connected.promise;
    const gate = Promise.withResolvers<SendOutcome>();
    hub.answer = () => gate.promise;
    const id = await hub.push(1, 'a');
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'pending', attempts: 0 });
    connected.resolve(undefined);
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'sending', attempts: 1 });
    gate.resolve(sent());
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'sent', attempts: 1 });
  });

  test('that waited for a week is given up before it leaves', async () => {
    const hub = await startDispatcher({ database });
    hub.works = () => false;
    hub.connect = async () => unreachable;
    const ids = await hub.pushAll(['a', 'b'].map((text) => ({ chatId: 1, text })));
    await hub.idle();
    await hub.clock.jump(169 * HOUR);
    hub.works = () => true;
    hub.connect = async () => undefined;
    await hub.clock.advance(61 * SECOND);
    expect(hub.got).toEqual([]);
    for (const id of ids) expect(await hub.row(id)).toMatchObject({ status: 'failed', error_code: null });
  });

  test('lives through a line that is dead for days, and is given up after a week', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => unreachable;
    const id = await hub.push(1, 'a');
    await hub.idle();
    await hub.clock.jump(167 * HOUR);
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'pending' });
    await hub.clock.jump(HOUR);
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'failed', error_code: null });
  });

  test('that is resent after a week gets another week', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => refused(400);
    const id = await hub.push(1, 'a');
    await hub.idle();
    await hub.clock.jump(200 * HOUR);
    hub.answer = () => unreachable;
    await hub.db.transact((tx) => resend(tx, id, hub.clock.now()));
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'pending', error_code: null, attempts: 1 });
    hub.answer = sent;
    await hub.clock.advance(SECOND);
    expect(await hub.row(id)).toMatchObject({ status: 'sent' });
  });

  test('that was cut while it was written waits, and its chat with it', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.text === 'a' && row.attempts < 4 ? cut : sent());
    await hub.push(1, 'a');
    await hub.push(1, 'b');
    await hub.idle();
    await hub.push(2, 'c');
    await hub.clock.advance(10 * SECOND);
    expect(hub.got.map(({ at, text }) => [text, at / SECOND])).toEqual([
      ['a', 0],
      ['c', 0],
      ['a', 1],
      ['a', 3],
      ['a', 7],
      ['b', 7],
    ]);
  });

  test.each([401, 404])('waits where Telegram does not know the bot (%i)', async (code) => {
    const hub = await startDispatcher({ database });
    hub.answer = () => refused(code);
    const ids = await hub.pushAll([1, 2, 3].map((chatId) => ({ chatId, text: 'a' })));
    await hub.clock.advance(10 * SECOND);
    hub.answer = sent;
    await hub.clock.advance(10 * SECOND);
    for (const id of ids) expect(await hub.row(id)).toMatchObject({ status: 'sent' });
  });

  test('of which nobody knows whether it arrived is never sent again by itself', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.text === 'a' ? unknown : sent());
    const id = await hub.push(1, 'a');
    await hub.push(1, 'b');
    await hub.clock.advance(120 * SECOND);
    expect(hub.got.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(await hub.row(id)).toMatchObject({ status: 'unknown', not_before: null, error_message: 'ECONNRESET' });
  });

  test('that is to come at least once is sent again after 1, 2, 4, 8 seconds, in its place, and marked', async () => {
    const hub = await startDispatcher({ database });
    hub.ifUnknown = 'resend';
    hub.answer = (row) => (row.text === 'a' ? unknown : sent());
    const id = await hub.push(1, 'a');
    const next = await hub.push(1, 'b');
    await hub.clock.advance(10 * SECOND);
    expect(hub.got.map(({ at, text }) => [text, at / SECOND])).toEqual([
      ['a', 0],
      ['a', 1],
      ['a', 3],
      ['a', 7],
    ]);
    expect(await hub.row(id)).toMatchObject({ status: 'pending', sent_again: 4 });
    hub.answer = sent;
    await hub.clock.advance(10 * SECOND);
    expect(await hub.row(id)).toMatchObject({ status: 'sent', sent_again: 4 });
    expect(await hub.row(next)).toMatchObject({ status: 'sent', sent_again: 0 });
    expect(hub.got.map(({ text }) => text)).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
  });

  test('that is to come at least once is left to a person after five tries', async () => {
    const hub = await startDispatcher({ database });
    hub.ifUnknown = 'resend';
    hub.answer = () => unknown;
    const id = await hub.push(1, 'a');
    await hub.clock.advance(120 * SECOND);
    expect(hub.got).toHaveLength(5);
    expect(await hub.row(id)).toMatchObject({ status: 'unknown', not_before: null });
  });

  test('that is to come at least once is not sent again where a press shows that it is there', async () => {
    const hub = await startDispatcher({ database });
    hub.ifUnknown = 'resend';
    const gate = Promise.withResolvers<SendOutcome>();
    hub.answer = () => gate.promise;
    const id = await hub.push(1, 'a');
    await hub.idle();
    await hub.db.transact((tx) => tx.run(seenInChat, { id, messageId: 7 }));
    gate.resolve(unknown);
    await hub.clock.advance(60 * SECOND);
    expect(hub.got).toHaveLength(1);
    expect(await hub.row(id)).toMatchObject({ status: 'sent', telegram_message_id: 7 });
  });

  test('that Telegram refuses is failed, and the next one goes out', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.text === 'a' ? refused(400) : sent());
    const [first = '', second = ''] = await hub.pushAll(['a', 'b'].map((text) => ({ chatId: 1, text })));
    await hub.clock.advance(SECOND);
    expect(await hub.row(first)).toMatchObject({
      status: 'failed',
      error_code: 400,
      error_message: 'Telegram says 400',
      attempts: 1,
    });
    expect(await hub.row(second)).toMatchObject({ status: 'sent', error_message: '', error_code: null });
  });

  test('to somebody who blocked the bot makes them inactive', async () => {
    const hub = await startDispatcher({ database });
    const { message } = messageUpdate(1, 'x', 77);
    await hub.db.transact(({ kysely }) =>
      kysely
        .insertInto('telegram_users')
        .values({
          telegram_id: message.from.id,
          username: null,
          first_name: '',
          last_name: '',
          language_code: '',
          is_active: 1,
          tpv_id: null,
          created_at: 0,
          last_interaction: 0,
          unassigned_told_at: null,
        })
        .execute(),
    );
    hub.answer = () => refused(403);
    const id = await hub.push(77, 'a');
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'failed', error_code: 403 });
    const users = await hub.db.read.selectFrom('telegram_users').select('is_active').execute();
    expect(users).toEqual([{ is_active: 0 }]);
  });

  test('follows a group to its new id once, and what waits behind it too', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.chat_id === -1 ? refused(400, { migratedTo: -1001 }) : sent());
    const ids = await hub.pushAll(['a', 'b', 'c'].map((text) => ({ chatId: -1, text })));
    await hub.clock.advance(20 * SECOND);
    expect(hub.got.map(({ chatId, text }) => [chatId, text])).toEqual([
      [-1, 'a'],
      [-1001, 'a'],
      [-1001, 'b'],
      [-1001, 'c'],
    ]);
    for (const id of ids) expect(await hub.row(id)).toMatchObject({ status: 'sent', chat_id: -1001 });
  });

  test('does not follow a group that moves twice', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => refused(400, { migratedTo: row.chat_id - 1 });
    const id = await hub.push(-1, 'a');
    await hub.clock.advance(20 * SECOND);
    expect(hub.got.map(({ chatId }) => chatId)).toEqual([-1, -2]);
    expect(await hub.row(id)).toMatchObject({ status: 'failed' });
  });
});

test('many messages that fail together wait as one does', async () => {
  const hub = await startDispatcher();
  const gate = Promise.withResolvers<SendOutcome>();
  hub.answer = () => gate.promise;
  await hub.pushAll(Array.from({ length: 10 }, (_, i) => ({ chatId: 1 + i, text: 'a' })));
  await hub.clock.advance(SECOND);
  expect(hub.got).toHaveLength(10);
  hub.answer = sent;
  gate.resolve(unreachable);
  await hub.idle();
  await hub.clock.advance(2 * SECOND);
  expect(hub.got).toHaveLength(20);
});

test('an outage after an answer of Telegram’s begins with a wait of one second again', async () => {
  const hub = await startDispatcher();
  hub.answer = () => unreachable;
  await hub.push(1, 'a');
  await hub.clock.advance(7 * SECOND - 1);
  expect(hub.got.map(({ at }) => at / SECOND)).toEqual([0, 1, 3]);
  hub.answer = sent;
  await hub.clock.advance(SECOND);
  expect(hub.got.at(-1)).toMatchObject({ text: 'a', at: 7 * SECOND });
  hub.answer = () => unreachable;
  const id = await hub.push(2, 'b');
  await hub.idle();
  expect(await hub.row(id)).toMatchObject({ attempts: 1, not_before: hub.clock.now() + SECOND });
});

test('whoever waits for a message hears at once that it has to wait for long', async () => {
  const hub = await startDispatcher();
  hub.answer = () => refused(429, { retryAfterMs: 30 * SECOND });
  const id = await hub.push(1, 'a');
  expect(await hub.dispatcher.settled(id, 10 * SECOND)).toMatchObject({ status: 'pending' });
  expect(await hub.dispatcher.settled(id, 10 * SECOND)).toMatchObject({ status: 'pending' });
});

test('whoever waits for a message hears how it went, or that their patience ended', async () => {
  const hub = await startDispatcher();
  const gate = Promise.withResolvers<SendOutcome>();
  hub.answer = () => gate.promise;
  const id = await hub.push(1, 'a');
  const short = hub.dispatcher.settled(id, 10 * SECOND);
  const long = hub.dispatcher.settled(id, 30 * SECOND);
  await hub.clock.advance(10 * SECOND);
  expect(await short).toMatchObject({ status: 'sending' });
  gate.resolve(sent());
  expect(await long).toMatchObject({ status: 'sent' });
  expect(await hub.dispatcher.settled(id, SECOND)).toMatchObject({ status: 'sent' });
  expect(await hub.dispatcher.settled('nobody', SECOND)).toBeUndefined();
});
