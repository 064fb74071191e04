import { type Account, accountNamed, createAccount, setPassword, targetOf } from '../administrators/account.ts';
import { endSessions } from '../administrators/administrator-session.ts';
import { isCommonPassword } from '../administrators/common-passwords.ts';
import { MOST_NAME_LENGTH, nameFault, normalName, RESERVED_NAMES } from '../administrators/name.ts';
import {
  hashPassword,
  isPasswordLength,
  LEAST_PASSWORD_LENGTH,
  MOST_PASSWORD_LENGTH,
} from '../administrators/password.ts';
import { endTotp } from '../administrators/second-factor.ts';
import { unlink } from '../administrators/telegram-link.ts';
import { type AuditEntry, audit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import { readDatabaseConfig } from '../config/config.ts';
import type { AdminRole } from '../db/admin-tables.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { UsageError } from '../process/exit.ts';
import { accountAlarms, alarmChangeOf } from './admin-alarms.ts';
import { createManager, inviteManager, listAccounts, managerTpvs } from './admin-managers.ts';
import type { Input, Result } from './command.ts';
import { withDatabase } from './database.ts';
import { say } from './language/say.ts';
import { readNewSecret } from './secret.ts';

/** The options of each action. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  list: [],
  create: ['role', 'tpv'],
  'reset-password': ['disable-totp'],
  unlink: [],
  alarms: ['mute', 'hear'],
  tpvs: ['bind', 'unbind'],
  invite: ['withdraw'],
};

/**
 * `admin <action> <name>`; works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function adminCommand({ env, words: [action = '', name, ...more], options }: Input): Promise<Result> {
  const taken = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (taken === undefined) throw new UsageError(say`"admin" takes ${Object.keys(ACTIONS).join(', ')}.`);
  const strange = Object.keys(options).find((option) => !taken.includes(option));
  if (strange !== undefined) throw new UsageError(say`"admin ${action}" takes no --${strange}.`);
  if (action === 'list') {
    if (name !== undefined) throw new UsageError(say`"admin list" takes no "${name}".`);
    return withDatabase(env, listAccounts);
  }
  if (name === undefined) throw new UsageError(say`"admin ${action}" takes the name of an account.`);
  if (more.length > 0) throw new UsageError(say`"admin ${action}" takes one name; put quotes around one with spaces.`);
  switch (action) {
    case 'create': {
      const role = roleOf(options.role);
      if (role === 'manager') return withDatabase(env, (db) => createManager(db, checkedName(name), options.tpv));
      if (options.tpv !== undefined) throw new UsageError(say`--tpv is for --role manager.`);
      return withDatabase(env, (db) => create(db, name, role));
    }
    case 'reset-password':
      return withDatabase(env, (db) => resetPassword(db, name, options['disable-totp'] === true));
    case 'unlink':
      return withDatabase(env, (db) => unlinkTelegram(db, name));
    case 'tpvs':
      return withDatabase(env, async (db) => managerTpvs(db, await existing(db, name), options));
    case 'invite': {
      const { TIME_ZONE: zone } = readDatabaseConfig(env);
      const withdraw = options.withdraw === true;
      return withDatabase(env, async (db) => inviteManager(db, await existing(db, name), withdraw, zone));
    }
    default: {
      const change = alarmChangeOf(options);
      return withDatabase(env, async (db) => accountAlarms(db, await existing(db, name), change));
    }
  }
}

/** @throws UsageError for a name that no account can have */
function checkedName(name: string): string {
  if (nameFault(name) !== undefined) {
    const what = say`1 to ${MOST_NAME_LENGTH} visible characters, and none of ${RESERVED_NAMES.join(', ')}`;
    throw new UsageError(say`Nobody can be called ${JSON.stringify(name)}: a name is ${what}.`);
  }
  return name;
}

async function create(db: Database, name: string, role: AdminRole): Promise<Result> {
  checkedName(name);
  if ((await accountNamed(db, name)) !== undefined) throw taken(name);
  const passwordHash = await newPasswordHash(normalName(name));
  const account = await db.transact(async (tx) => {
    const now = systemClock().now();
    const created = await createAccount(tx, { name, role, passwordHash }, now);
    await audit(tx, { ...BY_CLI, action: 'account.create', target: targetOf(created), details: { role } }, now);
    return created;
  });
  return {
    data: { id: account.id, name: account.name, role: account.role },
    text: say`"${account.name}" may now log in, as ${role === 'admin' ? say`an administrator` : say`somebody who sees everything and changes nothing`}.`,
  };
}

async function resetPassword(db: Database, name: string, disableTotp: boolean): Promise<Result> {
  const account = await existing(db, name);
  const passwordHash = await newPasswordHash(account.name);
  const ended = await db.transact(async (tx) => {
    const now = systemClock().now();
    const target = targetOf(account);
    await setPassword(tx, account.id, passwordHash, now);
    await audit(tx, { ...BY_CLI, action: 'account.password', target }, now);
    if (disableTotp) {
      await endTotp(tx, account.id);
      await audit(tx, { ...BY_CLI, action: 'account.totp_disable', target }, now);
    }
    return endSessions(tx, account.id);
  });
  const hint =
    account.totp_enabled_at === null || disableTotp
      ? ''
      : say` The second factor is still asked for; --disable-totp switches it off.`;
  return {
    data: { id: account.id, name: account.name, sessions_ended: ended.length, totp_disabled: disableTotp },
    text: say`"${account.name}" has the new password; sessions ended: ${ended.length}.${hint}`,
  };
}

/** The Telegram of the account is not told: it may be in a thief's hands. */
async function unlinkTelegram(db: Database, name: string): Promise<Result> {
  const account = await existing(db, name);
  const { id, telegram_id: telegramId } = account;
  if (telegramId !== null) {
    await db.transact(async (tx) => {
      await unlink(tx, id);
      const entry = { ...BY_CLI, action: 'account.telegram_unlink', target: targetOf(account) } as const;
      await audit(tx, entry, systemClock().now());
    });
  }
  return {
    data: { id, name: account.name, unlinked: telegramId !== null },
    text:
      telegramId === null
        ? say`"${account.name}" has no Telegram linked.`
        : say`No Telegram hears of the logins of "${account.name}" any more.`,
  };
}

async function existing(db: Database, name: string): Promise<Account> {
  const account = await accountNamed(db, name);
  if (account !== undefined) return account;
  throw new HubError(
    'not_found',
    say`There is no account ${JSON.stringify(normalName(name))}: "admin create" makes it.`,
  );
}

const BY_CLI: Pick<AuditEntry, 'actor'> = { actor: 'cli' };

async function newPasswordHash(name: string): Promise<string> {
  const password = await readNewSecret(say`New password of "${name}": `, say`the password`);
  if (!isPasswordLength(password)) {
    throw new UsageError(say`A password has ${LEAST_PASSWORD_LENGTH} to ${MOST_PASSWORD_LENGTH} characters.`);
  }
  if (isCommonPassword(password))
    throw new UsageError(say`That password is among those that are tried first: choose another.`);
  return hashPassword(password, 'cli');
}

function roleOf(given: Input['options'][string]): AdminRole {
  if (given === undefined || given === 'admin') return 'admin';
  if (given === 'viewer' || given === 'manager') return given;
  throw new UsageError(say`--role takes admin, viewer or manager.`);
}

function taken(name: string): HubError {
  return new HubError(
    'conflict',
    say`There is an account ${JSON.stringify(normalName(name))} already: "admin reset-password" gives it a new password.`,
  );
}
