import type { Selectable } from 'kysely';
import type { AdminRole, AdminUserTable, PanelLanguage } from '../db/admin-tables.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { storeValue } from '../db/stored-value.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { panelOnly } from '../wording/wording.ts';
import { endSetup } from './first-account.ts';
import { nameFault, normalName } from './name.ts';

/** An account that may log in. */
export type Account = Selectable<AdminUserTable>;

export interface NewAccount {
  name: string;
  role: AdminRole;
  /** Of `hashPassword`; undefined: its person comes in by an invitation, and by the bot. */
  passwordHash: string | undefined;
}

/** What the column holds of an account without a password. */
const NO_PASSWORD = '';

/** A row that every change of who is administrator writes to first, so that two of them never pass each other. */
const LOCK = { key: 'administrators', value: 'locked' };

const byName = statement<{ name: string }>()((db, p) =>
  db.selectFrom('admin_users').selectAll().where('name', '=', p('name')),
);

/** The account of that name, however it is written. */
export async function accountNamed(db: Database, name: string): Promise<Account | undefined> {
  const [row] = await db.query(byName, { name: normalName(name) });
  return row;
}

/** Every account, the oldest first. */
export async function allAccounts(db: Database): Promise<Account[]> {
  return db.read.selectFrom('admin_users').selectAll().orderBy('created_at').orderBy('id').execute();
}

/** As it is within the transaction. */
export async function accountNow(tx: Tx, id: string): Promise<Account | undefined> {
  return tx.kysely.selectFrom('admin_users').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @throws HubError `not_found` */
export async function accountIn(tx: Tx, id: string): Promise<Account> {
  const row = await accountNow(tx, id);
  if (row === undefined) throw new HubError('not_found', 'There is no such account.');
  return row;
}

/**
 * Adds an account. The first account ends the set-up link.
 * @throws HubError `invalid_request` for a name that is not allowed, `conflict` for one that is taken
 */
export async function createAccount(tx: Tx, { name, role, passwordHash }: NewAccount, now: number): Promise<Account> {
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new HubError('invalid_request', `Nobody can be called ${JSON.stringify(name)}.`, {
      details: [{ path: 'name', message: fault }],
    });
  }
  const row = await tx.kysely
    .insertInto('admin_users')
    .values({
      id: uuidv7(now),
      name: normalName(name),
      password_hash: passwordHash ?? NO_PASSWORD,
      role,
      totp_secret: null,
      totp_enabled_at: null,
      totp_last_step: null,
      created_at: now,
      password_changed_at: now,
      last_login_at: null,
    })
    .onConflict((c) => c.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) {
    throw new HubError('conflict', `The name ${JSON.stringify(normalName(name))} is taken.`, {
      details: [
        { path: 'name', message: panelOnly('ya hay una cuenta con ese nombre', 'there is an account of that name') },
      ],
    });
  }
  await endSetup(tx);
  tx.changed('account', row.id);
  return row;
}

/** @throws HubError `not_found`; `conflict` if no administrator would be left, or the account could not log in any more */
export async function setRole(tx: Tx, id: string, role: AdminRole): Promise<Account> {
  await tx.run(storeValue, LOCK);
  const account = await accountIn(tx, id);
  if (role !== 'admin') await keepAnother(tx, account);
  if (role !== 'manager' && storedPassword(account) === undefined) {
    throw new HubError('conflict', 'Only managers log in without a password.', {
      details: [
        {
          path: 'role',
          message: panelOnly('no tiene contraseña: ponle antes una', 'has no password: give it one first'),
        },
      ],
    });
  }
  await tx.kysely.updateTable('admin_users').set({ role }).where('id', '=', id).execute();
  tx.changed('account', id);
  return { ...account, role };
}

/** Its sessions go with it. @throws HubError `not_found`; `conflict` if no administrator would be left */
export async function deleteAccount(tx: Tx, id: string): Promise<Account> {
  await tx.run(storeValue, LOCK);
  const account = await accountIn(tx, id);
  await keepAnother(tx, account);
  await tx.kysely.deleteFrom('admin_users').where('id', '=', id).execute();
  tx.changed('account', id);
  return account;
}

/** Has the panel speak to the account in another language. */
export async function setLanguage(tx: Tx, id: string, language: PanelLanguage): Promise<void> {
  await tx.kysely.updateTable('admin_users').set({ language }).where('id', '=', id).execute();
  tx.changed('account', id);
}

/** @param passwordHash of `hashPassword` */
export async function setPassword(tx: Tx, id: string, passwordHash: string, now: number): Promise<void> {
  await tx.kysely
    .updateTable('admin_users')
    .set({ password_hash: passwordHash, password_changed_at: now })
    .where('id', '=', id)
    .execute();
  tx.changed('account', id);
}

/** The hash with which a password is compared; undefined: none is right. */
export function storedPassword(account: Pick<Account, 'password_hash'> | undefined): string | undefined {
  // NO_PASSWORD is empty.
  return account?.password_hash || undefined;
}

/** An account as the audit log names it. */
export function targetOf({ id, name }: Pick<Account, 'id' | 'name'>) {
  return { kind: 'account', id, name };
}

/** Refuses to take the last administrator away. */
async function keepAnother(tx: Tx, account: Account): Promise<void> {
  const another = await tx.kysely
    .selectFrom('admin_users')
    .select('id')
    .where('role', '=', 'admin')
    .where('id', '!=', account.id)
    .executeTakeFirst();
  if (account.role !== 'admin' || another !== undefined) return;
  throw new HubError('conflict', 'The last administrator stays one.', {
    details: [
      {
        path: 'role',
        message: panelOnly(
          'es la última cuenta de administrador: crea otra antes',
          'is the last administrator’s account: create another first',
        ),
      },
    ],
  });
}
