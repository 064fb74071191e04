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
  role?: 'admin' | 'viewer';
  password?: string;
}

/** Makes an account, as an administrator's script does; gives back its id. */
export async function createAccount(hub: TestHub, account: TestAccount = {}): Promise<string> {
  const json = { name: 'ana', role: 'admin', password: PASSWORD, ...account };
  const answer = await hub.admin('/api/admin/accounts', { method: 'POST', json });
  if (answer.status !== 201) throw new Error(`The account was not made: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
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
