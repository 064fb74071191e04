/** How long the hub may take to answer. */
const ANSWER_MS = 5_000;

/** An account of the panel. */
export interface Login {
  name: string;
  password: string;
}

/**
 * Logs in as the panel does, and asks for what links a Telegram to the account.
 * @returns what its person sends the bot
 */
export async function linkOf(hubUrl: string, login: Login): Promise<string> {
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(new URL(path, hubUrl), {
      method: 'POST',
      headers: { origin: new URL(hubUrl).origin, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`POST ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const entered = await post('/api/admin/login', {}, login);
  const { csrf_token: csrf } = (await entered.json()) as { csrf_token: string };
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';', 1);
  const offered = await post('/api/admin/account/telegram', { cookie, 'x-csrf-token': csrf }, {});
  const { url } = (await offered.json()) as { url: string };
  return `/start ${new URL(url).searchParams.get('start')}`;
}

/** The operator of the bot, at the administrator's API. */
export interface Operator {
  /** @throws Error with what the hub answered, where that is no success */
  get<T>(path: string): Promise<T>;
  /** @throws as `get` does */
  change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

/**
 * The administrator's API as a script calls it.
 * @param adminToken ADMIN_TOKEN of that hub
 */
export function operator(hubUrl: string, adminToken: string): Operator {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(path, hubUrl), {
      method,
      headers: {
        authorization: `Token ${adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  return { get: (path) => call('GET', path), change: call };
}
