import { CompiledQuery, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { accountNamed } from '../../src/administrators/account.ts';
import { setAccountTpvs, tpvsOfAccount } from '../../src/administrators/account-tpvs.ts';
import { offerTicket } from '../../src/administrators/ticket.ts';
import { openPresses } from '../../src/buttons/button-store.ts';
import { isCallableOrigin } from '../../src/callbacks/origins.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';
import { migrateUpTo } from '../support/older-database.ts';

/** More than what a migration reads at once. */
const MANY = 1_001;
const LAST_BEFORE_MANAGERS = '0024-uploads';

test.each(DIALECTS)(
  'the TPVs of an older hub are found by the origin of their address, on %s (S31)',
  async (dialect) => {
    const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'normal' });
    onTestFinished(() => db.close());
    await migrateUpTo(db, '0008-retries');
    const urls = ['https://TPV.example:443/base?x=1', 'no URL at all', 'http://user:password@odd.example'];
    const rows = Array.from({ length: MANY }, (_, i) => {
      const id = String(i).padStart(5, '0');
      const url = urls[i] ?? `http://tpv-${i}.example:81/x`;
      return sql`(${id}, 'TPV', ${url}, 1, 1, '', '{}', ${id}, 1)`;
    });
    await sql`insert into tpv_instances
    (id, name, endpoint_url, is_active, max_users, version, metadata, join_code, created_at)
    values ${sql.join(rows)}`.execute(db.writer);
    await migrate(db);
    const may = (origin: string) => isCallableOrigin(db, [], origin, null);
    expect(await may('https://tpv.example')).toBe(true);
    expect(await may(`http://tpv-${MANY - 1}.example:81`)).toBe(true);
    expect(await may('http://odd.example')).toBe(false);
    const signed = await db.read.selectFrom('signing_secrets').select(['tpv_id', 'secret']).execute();
    expect(new Set(signed.map(({ tpv_id: id }) => id)).size).toBe(MANY);
    expect(new Set(signed.map(({ secret }) => secret)).size).toBe(MANY);
    for (const { secret } of signed) expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    const without = db.read.selectFrom('tpv_instances').select('id').where('endpoint_origin', 'is', null).orderBy('id');
    expect(await without.execute()).toEqual([{ id: '00001' }, { id: '00002' }]);
  },
);

test.each(DIALECTS)(
  'accounts and TPVs of an older hub stay as they were, and managers can be bound to them, on %s',
  async (dialect) => {
    const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'normal' });
    onTestFinished(() => db.close());
    await migrateUpTo(db, LAST_BEFORE_MANAGERS);
    await sql`insert into tpv_instances
    (id, name, endpoint_url, is_active, max_users, version, metadata, join_code, created_at)
    values ('bar', 'Bar', 'http://bar.example', 1, 1, '', '{}', 'code', 1)`.execute(db.writer);
    const account = { id: 'ana', name: 'ana', role: 'viewer', password_hash: 'kept', created_at: 1 } as const;
    const unused = { totp_secret: null, totp_enabled_at: null, totp_last_step: null, last_login_at: null };
    const session = {
      hash: 'h',
      id: 's',
      admin_id: 'ana',
      created_at: 1,
      last_seen_at: 2,
      expires_at: 3,
      proven_at: 1,
    };
    await db.writer
      .insertInto('admin_users')
      .values({ ...account, ...unused, password_changed_at: 1 })
      .execute();
    await db.writer
      .insertInto('admin_sessions')
      .values({ ...session, address: '', user_agent: '' })
      .execute();
    await migrate(db);
    expect(await accountNamed(db, 'ana')).toMatchObject(account);
    expect(await db.read.selectFrom('admin_sessions').selectAll().execute()).toMatchObject([session]);
    expect(await tpvsOfAccount(db, 'ana')).toEqual([]);
    await db.transact((tx) => setAccountTpvs(tx, 'ana', ['bar']));
    expect(await tpvsOfAccount(db, 'ana')).toEqual(['bar']);
    // What it has goes with the account.
    await db.transact(async (tx) => {
      await offerTicket(tx, { accountId: 'ana', kind: 'login' }, 1);
      await tx.kysely.deleteFrom('admin_users').execute();
    });
    for (const table of ['account_tpvs', 'account_tickets'] as const) {
      expect(await db.read.selectFrom(table).selectAll().execute()).toEqual([]);
    }
  },
);

test('a hub that starts reads the presses that are open, and no others (S30)', async () => {
  const db = openDatabase({ DATABASE_URL: await freshDatabase('sqlite', 'migrated'), DATABASE_DURABILITY: 'normal' });
  onTestFinished(() => db.close());
  const { sql: text, parameters } = openPresses.build(db.read, () => sql`${1}`).compile();
  const { rows } = await db.read.executeQuery(CompiledQuery.raw(`explain query plan ${text}`, [...parameters]));
  expect(JSON.stringify(rows)).toContain('USING INDEX presses_open');
});
