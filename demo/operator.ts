/** How long the hub may take to answer. */
const ANSWER_MS = 5_000;

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
