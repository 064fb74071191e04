import { argon2Sync } from 'node:crypto';
import { createAccount as insertAccount } from '../../src/administrators/account.ts';
import { setAccountTpvs } from '../../src/administrators/account-tpvs.ts';
import { totpCode } from '../../src/administrators/totp.ts';
import type { Clock } from '../../src/clock.ts';
import type { Answer, JsonInit, TestHub } from './hub.ts';

export const PASSWORD = 'una-contraseña-inventada';

/** A browser that shows the panel: it keeps its cookie, and sends what the panel sends with every change. */
export interface TestBrowser {
  /** The answer to its login. */
  session: Answer['body'];
  /** What it sends back as `Cookie`. */
  readonly cookie: string;
  fetch(path: string, init?: JsonInit): Promise<Answer>;
}

export interface TestAccount {
  name?: string;
  role?: 'admin' | 'viewer' | 'manager';
  /** The ids of a manager's TPVs. */
  tpvs?: string[];
  password?: string;
}

/**
 * Makes an account beside the API, whose own tests make theirs through it; gives back its id. Hashing a password and
 * looking at it again takes longer than a hub's start: this one's hash asks for next to no work, and says so itself.
 */
export async function createAccount({ hub, clock }: TestHub, account: TestAccount = {}): Promise<string> {
  const { name = 'ana', role = 'admin', tpvs = [], password = PASSWORD } = account;
  const passwordHash = cheapHash(password);
  return hub.db.transact(async (tx) => {
    const { id } = await insertAccount(tx, { name, role, passwordHash }, clock.now());
    await setAccountTpvs(tx, id, tpvs);
    return id;
  });
}

/** A PHC string with the least that Argon2 takes. */
function cheapHash(password: string): string {
  const nonce = Buffer.alloc(16);
  const message = password.normalize('NFKC');
  const tag = argon2Sync('argon2id', { message, nonce, memory: 8, passes: 1, parallelism: 1, tagLength: 32 });
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  return `$argon2id$v=19$m=8,t=1,p=1$${salt}$${hash}`;
}

/** Makes an account and logs in with it. */
export async function openBrowser(hub: TestHub, account: TestAccount = {}): Promise<TestBrowser> {
  await createAccount(hub, account);
  return logIn(hub, account);
}

/** Logs in, in a browser of its own. */
export async function logIn(hub: TestHub, account: TestAccount & { code?: string } = {}): Promise<TestBrowser> {
  const { name = 'ana', password = PASSWORD, code } = account;
  const answer = await postFromPanel(hub, '/api/admin/login', {
    name,
    password,
    ...(code === undefined ? {} : { code }),
  });
  if (answer.status !== 200) throw new Error(`The login was refused: ${JSON.stringify(answer.body)}`);
  return browserOf(hub, answer);
}

/** Posts what needs no session, as the panel's own pages do. */
export function postFromPanel(hub: TestHub, path: string, json: unknown, headers: Record<string, string> = {}) {
  return hub.fetch(path, { method: 'POST', json, headers: { origin: hub.url, ...headers } });
}

/** The browser that got this answer to its login. */
export function browserOf(hub: TestHub, answer: Answer): TestBrowser {
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  const { csrf_token: csrf } = answer.body;
  return {
    session: answer.body,
    cookie,
    fetch: (path, init = {}) =>
      hub.fetch(path, { ...init, headers: { cookie, origin: hub.url, 'x-csrf-token': csrf, ...init.headers } }),
  };
}

/** Turns the second factor on, as the panel does. */
export async function enableSecondFactor(
  browser: TestBrowser,
  clock: Pick<Clock, 'now'>,
): Promise<{ secret: string; codes: string[] }> {
  const json = { password: PASSWORD };
  const { body } = await browser.fetch('/api/admin/account/totp', { method: 'POST', json });
  const confirmed = await browser.fetch('/api/admin/account/totp/confirm', {
    method: 'POST',
    json: { code: totpCode(body.secret, clock.now()) },
  });
  if (confirmed.status !== 200) throw new Error(`The code was refused: ${JSON.stringify(confirmed.body)}`);
  return { secret: body.secret, codes: confirmed.body.recovery_codes };
}
