import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SOLO } from '../../src/cluster/cluster.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import type { InstructionTable } from '../../src/db/schema.ts';
import { claim } from '../../src/delivery/claim.ts';
import { insertFenced } from '../../src/instructions/fenced-store.ts';
import { releaseTpv } from '../../src/instructions/instruction-store.ts';
import { markSendingFenced, postponeFenced, settleFenced } from '../../src/push/fenced-push-store.ts';
import { freshDatabase } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

// What a hub writes on behalf of a socket, or of the lease to send, proves its right in the statement that writes.

const FAR = 9_000_000_000_000;
const NOW = 1_000;

interface Scene {
  db: Database;
  /** Another program's connection, with what it does in a transaction of its own. */
  other: pg.Client;
  insert(id: string, holder?: string): Promise<string | undefined>;
  claimAs(holder: string, limit?: number): Promise<string[]>;
  /** Resolves when so many connections wait for a lock. */
  waiting(count: number): Promise<void>;
}

/** A TPV whose socket is the session `mine`. */
async function scene(): Promise<Scene> {
  const url = await freshDatabase('postgres', 'migrated');
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query(`insert into tpv_instances
    (id, name, endpoint_url, is_active, max_users, version, metadata, join_code, created_at)
    values ('t', 'TPV', '', 1, 9, '', '{}', 'code', 1)`);
  await other.query("insert into sockets values ('t', 'mine', 'a hub', 1, 1)");
  const watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  onTestFinished(() => watcher.end());
  const about = { updateId: null, tpvId: 't', userId: 5, username: null, command: 'process_message', priority: 5 };
  // What a row holds was checked on its way in.
  const payload = '{}' as InstructionTable['payload'];
  return {
    db,
    other,
    async insert(id, holder = 'mine') {
      const row = { ...about, id, payload, now: NOW, expiresAt: FAR, holder };
      return (await db.transact((tx) => tx.run(insertFenced, row)))[0]?.status;
    },
    async claimAs(holder, limit = 10) {
      const next = { tpvId: 't', holder, now: NOW, leaseUntil: FAR, limit };
      return (await db.transact((tx) => claim(tx, next, SOLO))).map(({ id }) => id);
    },
    waiting: (count) =>
      vi.waitFor(async () => {
        const { rows } = await watcher.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        expect(rows).toHaveLength(count);
      }, WAIT_MS),
  };
}

describe('a socket', () => {
  test('that is its TPV’s gets what it asks for, in order', async () => {
    const { insert, claimAs, other } = await scene();
    expect(await insert('1', 'no socket')).toBe('pending');
    expect(await insert('2', 'no socket')).toBe('pending');
    expect(await claimAs('mine', 1)).toEqual(['1']);
    expect(await claimAs('mine')).toEqual(['2']);
    expect(await insert('3')).toBe('sent');
    const { rows } = await other.query('select id, status, holder, sent_at::int from instructions order by seq');
    expect(rows).toEqual(['1', '2', '3'].map((id) => ({ id, status: 'sent', holder: 'mine', sent_at: NOW })));
  });

  test('of which a newer one took the row over gets nothing, and a new message waits for that', async () => {
    const { insert, claimAs, other } = await scene();
    await insert('1', 'no socket');
    await other.query("update sockets set session_id = 'newer', fence = fence + 1");
    expect(await claimAs('mine')).toEqual([]);
    expect(await insert('2')).toBe('pending');
    expect(await claimAs('newer')).toEqual(['1', '2']);
  });

  test('does not get a message before one that another hub put in line', async () => {
    const { insert, claimAs } = await scene();
    await insert('1', 'no socket');
    expect(await insert('2')).toBe('pending');
    expect(await claimAs('mine')).toEqual(['1', '2']);
    expect(await insert('3')).toBe('sent');
  });

  test('that claims while a newer one takes the row over gets nothing', async () => {
    const { insert, claimAs, other, waiting } = await scene();
    await insert('1', 'no socket');
    await other.query('begin');
    await other.query("update sockets set session_id = 'newer', fence = fence + 1");
    const claimed = claimAs('mine');
    const inserted = insert('2');
    await waiting(1);
    await other.query('commit');
    expect([await claimed, await inserted]).toEqual([[], 'pending']);
  });

  test('that claimed before a newer one takes the row over loses to it what it claimed', async () => {
    const { db, insert, claimAs, other, waiting } = await scene();
    await insert('1', 'no socket');
    await other.query('begin');
    await other.query("select 1 from sockets where session_id = 'mine' for key share");
    await other.query("update instructions set status = 'sent', holder = 'mine' where id = '1'");
    const taken = db.transact(async (tx) => {
      await tx.kysely.updateTable('sockets').set({ session_id: 'newer' }).where('tpv_id', '=', 't').execute();
      return (await tx.run(releaseTpv, { tpvId: 't' })).map(({ id }) => id);
    });
    await waiting(1);
    await other.query('commit');
    expect(await taken).toEqual(['1']);
    expect(await claimAs('newer')).toEqual(['1']);
  });
});

describe('a message to a person', () => {
  async function pushes() {
    const given = await scene();
    const { other, db } = given;
    await other.query("insert into leases values ('telegram', 'a hub', 3, 1)");
    for (const id of ['1', '2']) {
      await other.query(
        `insert into push_messages
          (id, chat_id, kind, text, parse_mode, data, disable_notification, status, created_at, queued_at, not_before)
          values ($1, 5, 'text', 'Hola', 'none', '{}', 0, 'pending', 1, 1, 1)`,
        [id],
      );
    }
    const mark = async (id: string, term: number, hubId = 'a hub') =>
      (await db.transact((tx) => tx.run(markSendingFenced, { id, hubId, term }))).map((row) => row.sender_term);
    const status = async () =>
      (await other.query('select status from push_messages order by seq')).rows.map((r) => r.status);
    return { ...given, mark, status };
  }

  test('leaves only in the term of the hub that leads, and not while an earlier one of its chat is on its way', async () => {
    const { mark, status, other } = await pushes();
    expect(await mark('1', 2)).toEqual([]);
    expect(await mark('1', 3, 'another hub')).toEqual([]);
    expect(await mark('1', 3)).toEqual([3]);
    expect(await mark('1', 3)).toEqual([]);
    expect(await mark('2', 3)).toEqual([]);
    expect(await status()).toEqual(['sending', 'pending']);
    await other.query("update push_messages set status = 'unknown', not_before = null where id = '1'");
    expect(await mark('2', 3)).toEqual([3]);
  });

  test('that a later leader has decided on is not touched by the one before, but where Telegram has it', async () => {
    const { db, mark, status, other } = await pushes();
    await mark('1', 3);
    await other.query("update push_messages set status = 'unknown', not_before = null where id = '1'");
    await db.transact((tx) => tx.run(postponeFenced, { id: '1', notBefore: 1, error: 'late', term: 3 }));
    const ended = { id: '1', messageId: null, code: null, error: '', plain: 0, sentAt: null, term: 3 };
    await db.transact((tx) => tx.run(settleFenced, { ...ended, status: 'failed' }));
    expect(await status()).toEqual(['unknown', 'pending']);
    await db.transact((tx) => tx.run(settleFenced, { ...ended, status: 'sent', messageId: 7 }));
    expect(await status()).toEqual(['sent', 'pending']);
  });

  test('leaves before another hub takes the lease over, or after: never beside it', async () => {
    const { db, mark, other, waiting } = await pushes();
    await other.query('begin');
    await other.query("update leases set hub_id = 'another hub', term = 4 where name = 'telegram'");
    const marked = mark('1', 3);
    await waiting(1);
    await other.query('commit');
    expect(await marked).toEqual([]);

    const [isMarked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const marking = db.transact(async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx.kysely);
      const rows = await tx.run(markSendingFenced, { id: '1', hubId: 'another hub', term: 4 });
      isMarked.resolve();
      await held.promise;
      return rows.length;
    });
    await isMarked.promise;
    const taken = other.query("update leases set hub_id = 'a third', term = 5 where name = 'telegram'");
    await waiting(1);
    held.resolve();
    expect([await marking, (await taken).rowCount]).toEqual([1, 1]);
  });
});
