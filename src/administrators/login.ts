import { hash } from 'node:crypto';
import { audit } from '../audit/audit.ts';
import { callerOf } from '../caller.ts';
import { jsonText } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { panelOnly } from '../wording/wording.ts';
import { type Account, accountNamed, accountNow, createAccount, storedPassword, targetOf } from './account.ts';
import { type Origin, openSession } from './administrator-session.ts';
import { isKnownDevice, withDevice } from './device.ts';
import { isSetupToken, setupRefused, useSetupToken } from './first-account.ts';
import { isKnownAddress, withAddress } from './known-addresses.ts';
import { normalName } from './name.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { useCode } from './second-factor.ts';
import type { LoginThrottle } from './throttle.ts';
import { useTicket } from './ticket.ts';

/** Tells the Telegram that is linked to an account of a login, as part of the login's transaction. */
export type TellLogin = (
  tx: Tx,
  login: { account: Account; telegramId: number; origin: Origin },
  now: number,
) => Promise<void>;

export interface LoginPorts {
  db: Database;
  throttle: LoginThrottle;
  tellLogin: TellLogin;
  now(): number;
}

export interface Credentials {
  name: string;
  password: string;
  /** Of the second factor. */
  code?: string | undefined;
}

/** A login that went well. */
export interface Login {
  account: Account;
  sessionId: string;
  /** What the cookie holds. */
  secret: string;
}

/**
 * Opens a session for a person with the password, and the second factor if the account has one. Every
 * login is written down, the refused ones too (docs/security.md, S24).
 * @throws HubError `unauthorized` (which tells neither names nor passwords apart), `second_factor_required`,
 * `too_many_requests`
 */
export async function login(ports: LoginPorts, credentials: Credentials, origin: Origin): Promise<Login> {
  const { db, throttle, now } = ports;
  const name = normalName(credentials.name);
  const account = await accountNamed(db, name);
  const attempt = throttle.begin(origin.address, name, isKnownAddress(account, origin.address));
  if (
    !(await verifyPassword(credentials.password, storedPassword(account), callerOf(origin.address))) ||
    account === undefined
  ) {
    return refuse(ports, account, name, origin, 'password');
  }
  if (account.totp_enabled_at !== null && credentials.code === undefined) {
    attempt.undecided();
    throw new HubError('second_factor_required', 'The password is right, the code is missing.');
  }
  const opened = await db.transact(async (tx) => {
    const current = await accountNow(tx, account.id);
    // The password was changed while it was checked, perhaps because a stranger knew it.
    if (current?.password_hash !== account.password_hash) return undefined;
    if (current.totp_enabled_at !== null) {
      if (!(await useCode(tx, current, credentials.code ?? '', origin.address, now()))) return undefined;
    }
    return open(tx, ports, current, origin);
  });
  if (opened === undefined) return refuse(ports, account, name, origin, 'code');
  attempt.right();
  return opened;
}

/**
 * Makes the first account, an administrator's, and logs in with it. However many try at once, one of them does.
 * @throws HubError `forbidden` if the token is not valid, `invalid_request` for a name that is not allowed
 */
export async function setUp(
  ports: Omit<LoginPorts, 'throttle'>,
  { token, name, password }: { token: string; name: string; password: string },
  origin: Origin,
): Promise<Login> {
  const { db, now } = ports;
  if (!(await isSetupToken(db, token, now()))) throw setupRefused();
  const passwordHash = await hashPassword(password, callerOf(origin.address));
  return db.transact(async (tx) => {
    await useSetupToken(tx, token, now());
    const account = await createAccount(tx, { name, role: 'admin', passwordHash }, now());
    await audit(tx, { ...by(account, origin), action: 'account.setup' }, now());
    return open(tx, ports, account, origin);
  });
}

/** Whether the bot may give an account's person a login: only for what a second factor does not guard. */
export function mayComeByBot({ role, totp_enabled_at: totpEnabledAt }: Account): boolean {
  return role === 'manager' && totpEnabledAt === null;
}

/**
 * Opens a session for the person to whom the bot gave a one-time login.
 * @throws HubError `unauthorized` if it is wrong, used or too old, `too_many_requests`
 */
export async function loginByBot(ports: LoginPorts, secret: string, origin: Origin): Promise<Login> {
  const { db, throttle, now } = ports;
  // Attempts are counted for each link alone: who opens an old link again and again can still use a new link.
  const attempt = throttle.begin(origin.address, `${BY_BOT} ${hash('sha256', secret)}`, true);
  const opened = await db.transact(async (tx) => {
    const account = await useTicket(tx, 'login', secret, now());
    return account === undefined || !mayComeByBot(account) ? undefined : open(tx, ports, account, origin);
  });
  if (opened === undefined) return refuse(ports, undefined, BY_BOT, origin, 'link');
  attempt.right();
  return opened;
}

/** As whose guesses wrong links of an address are counted, and what the audit log says of them. */
const BY_BOT = '/panel';

/** Of a login from an address or with a device that the account never logged in from, its Telegram is told (S37). */
async function open(
  tx: Tx,
  { tellLogin, ...ports }: Pick<LoginPorts, 'tellLogin' | 'now'>,
  account: Account,
  origin: Origin,
): Promise<Login> {
  const now = ports.now();
  const { id, secret } = await openSession(tx, account.id, origin, now);
  const { address, userAgent } = origin;
  const isNew = !isKnownAddress(account, address) || !isKnownDevice(account, userAgent);
  const telegramId = account.telegram_id;
  if (isNew && telegramId !== null) await tellLogin(tx, { account, telegramId, origin }, now);
  await tx.kysely
    .updateTable('admin_users')
    .set({
      last_login_at: now,
      known_addresses: jsonText(withAddress(account, address)),
      known_devices: jsonText(withDevice(account, userAgent)),
    })
    .where('id', '=', account.id)
    .execute();
  tx.changed('account', account.id);
  await audit(tx, { ...by(account, origin), action: 'session.login', details: { session: id } }, now);
  return { account, sessionId: id, secret };
}

const LINK_REFUSED = panelOnly(
  'el enlace ya se usó o ha caducado: escribe /panel al bot y te dará otro',
  'the link was used or has expired: write /panel to the bot and it gives you another',
);
const PASSWORD_REFUSED = panelOnly(
  'el nombre, la contraseña o el código no son correctos',
  'the name, the password or the code is not right',
);

async function refuse(
  { db, now }: LoginPorts,
  account: Account | undefined,
  name: string,
  { address }: Origin,
  wrong: 'password' | 'code' | 'link',
): Promise<never> {
  const target = account === undefined ? undefined : targetOf(account);
  const details = account === undefined && wrong !== 'link' ? { name } : { wrong };
  await db.transact((tx) => audit(tx, { actor: 'hub', action: 'session.refused', target, details, address }, now()));
  const [path, message] =
    wrong === 'link' ? (['token', LINK_REFUSED] as const) : (['password', PASSWORD_REFUSED] as const);
  throw new HubError('unauthorized', 'The login was refused.', { details: [{ path, message }] });
}

function by(account: Account, { address }: Origin) {
  return { actor: account.name, target: targetOf(account), address };
}
