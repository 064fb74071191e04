import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/open.ts';
import { HubError } from '../../src/errors.ts';
import type { SendOutcome } from '../../src/push/send-port.ts';
import { sent, startDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const SECOND = 1_000;

/** A database that can be made to refuse. */
function fragile() {
  const state = { broken: false };
  const check = () => {
    if (state.broken) throw new HubError('unavailable', 'The disk is full.');
  };
  const wrap = (db: Database): Database => ({
    ...db,
    async query(statement, parameters) {
      check();
      return db.query(statement, parameters);
    },
    async transact(fn) {
      check();
      return db.transact(fn);
    },
  });
  return { state, wrap };
}

test('a dispatcher that starts with a thousand chats that wait for their time lets others run in between', async () => {
  let inThisTurn = 0;
  let most = 0;
  const wrap = (db: Database): Database => ({
    ...db,
    query(statement, parameters) {
      if (inThisTurn++ === 0) setImmediate(() => (inThisTurn = 0));
      most = Math.max(most, inThisTurn);
      return db.query(statement, parameters);
    },
  });
  const hub = await startDispatcher({ database: 'sqlite', stopped: true, wrap });
  await hub.pushAll(Array.from({ length: 1_000 }, (_, chat) => ({ chatId: chat + 1, text: 'luego' })));
  const later = hub.clock.now() + SECOND;
  await hub.db.transact((tx) => tx.kysely.updateTable('push_messages').set({ not_before: later }).execute());
  await hub.dispatcher.start();
  await hub.idle();
  expect(hub.got).toEqual([]);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(50);
});

describe.each(DIALECTS)('a dispatcher on %s', (database) => {
  test('that ended while it sent never sends that message again', async () => {
    const first = await startDispatcher({ database });
    first.answer = (row) => (row.text === 'a' ? new Promise<SendOutcome>(() => {}) : sent());
    const id = await first.push(1, 'a');
    const waiting = await first.push(1, 'b');
    await first.idle();
    const stopped = first.dispatcher.stop(10 * SECOND);
    await first.clock.advance(10 * SECOND);
    await stopped;
    expect(await first.row(id)).toMatchObject({ status: 'sending' });

    const second = await startDispatcher({ databaseUrl: first.databaseUrl });
    await second.clock.advance(60 * SECOND);
    expect(second.got.map(({ text }) => text)).toEqual(['b']);
    expect(await second.row(id)).toMatchObject({ status: 'unknown', not_before: null });
    expect((await second.row(id)).error_message).toContain('interrumpió');
    expect(await second.row(waiting)).toMatchObject({ status: 'sent' });
  });

  test('that ended while it sent sends what is to come at least once again', async () => {
    const first = await startDispatcher({ database });
    first.ifUnknown = 'resend';
    first.answer = () => new Promise<SendOutcome>(() => {});
    const id = await first.push(1, 'a');
    await first.idle();
    const stopped = first.dispatcher.stop(SECOND);
    await first.clock.advance(SECOND);
    await stopped;
    const second = await startDispatcher({ databaseUrl: first.databaseUrl });
    await second.idle();
    expect(await second.row(id)).toMatchObject({ status: 'sent', sent_again: 1 });
  });

  test('that ended while it connected sends that message after its start', async () => {
    const first = await startDispatcher({ database });
    first.connect = () => new Promise<undefined>(() => {});
    const id = await first.push(1, 'a');
    await first.idle();
    const stopped = first.dispatcher.stop(SECOND);
    await first.clock.advance(SECOND);
    await stopped;
    const second = await startDispatcher({ databaseUrl: first.databaseUrl });
    await second.idle();
    expect(await second.row(id)).toMatchObject({ status: 'sent', attempts: 1 });
  });

  test('that ends while it connects lets nothing leave any more', async () => {
    const hub = await startDispatcher({ database });
    const connected = Promise.withResolvers<undefined>();
    hub.connect = () => connected.promise;
    const id = await hub.push(1, 'a');
    await hub.idle();
    const stopped = hub.dispatcher.stop(SECOND);
    connected.resolve(undefined);
    await stopped;
    expect(hub.got).toEqual([]);
    expect(await hub.row(id)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  test('stops within its time, and lets go whoever waits', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => new Promise<SendOutcome>(() => {});
    const id = await hub.push(1, 'a');
    const other = await hub.push(1, 'b');
    await hub.idle();
    const waiting = [hub.dispatcher.settled(id, 3_600_000), hub.dispatcher.settled(other, 3_600_000)];
    const stopped = hub.dispatcher.stop(10 * SECOND);
    await hub.clock.advance(10 * SECOND);
    await stopped;
    expect(await Promise.all(waiting)).toMatchObject([{ status: 'sending' }, { status: 'pending' }]);
    expect(await hub.dispatcher.settled(other, 3_600_000)).toMatchObject({ status: 'pending' });
    await hub.push(2, 'c');
    await hub.clock.advance(60 * SECOND);
    expect(hub.got.map(({ text }) => text)).toEqual(['a']);
  });

  test('stops as soon as what is under way is settled', async () => {
    const hub = await startDispatcher({ database });
    const gate = Promise.withResolvers<SendOutcome>();
    hub.answer = () => gate.promise;
    const id = await hub.push(1, 'a');
    await hub.push(2, 'b');
    await hub.push(3, 'c');
    await hub.idle();
    expect(hub.got).toHaveLength(2);
    const stopped = hub.dispatcher.stop(10 * SECOND);
    gate.resolve(sent());
    await stopped;
    expect(await hub.row(id)).toMatchObject({ status: 'sent' });
    expect(hub.got).toHaveLength(2);
    expect(hub.faults).toEqual([]);
  });

  test('keeps what Telegram said until the database takes it, and sends nothing meanwhile', async () => {
    const { state, wrap } = fragile();
    const hub = await startDispatcher({ database, wrap });
    hub.answer = () => {
      state.broken = true;
      return sent();
    };
    const [first = '', second = '', third = ''] = await hub.pushAll([
      { chatId: 1, text: 'a' },
      { chatId: 1, text: 'b' },
      { chatId: 2, text: 'c' },
    ]);
    await hub.clock.advance(30 * SECOND);
    const before = hub.got.length;
    expect(before).toBeLessThanOrEqual(2);
    expect(await hub.row(first)).toMatchObject({ status: 'sending' });
    expect(hub.faults.length).toBeLessThan(100);
    state.broken = false;
    hub.answer = sent;
    await hub.clock.advance(5 * SECOND);
    for (const id of [first, second, third]) expect(await hub.row(id)).toMatchObject({ status: 'sent' });
    expect(hub.got.map(({ text }) => text).toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('goes on where the database could not be read for a while', async () => {
    const { state, wrap } = fragile();
    const hub = await startDispatcher({ database, wrap });
    state.broken = true;
    const ids = await hub.pushAll(Array.from({ length: 50 }, (_, i) => ({ chatId: 1 + i, text: 'a' })));
    await hub.clock.advance(20 * SECOND);
    expect(hub.got).toEqual([]);
    expect(hub.faults.length).toBeLessThan(200);
    state.broken = false;
    await hub.clock.advance(5 * SECOND);
    for (const id of ids) expect(await hub.row(id)).toMatchObject({ status: 'sent' });
    expect(hub.got).toHaveLength(50);
  });
});
