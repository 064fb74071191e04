import type { z } from 'zod';
import { refusalError } from '../connection/refusal.ts';
import { HubClientError } from '../errors.ts';

export interface HubRequest<Answer> {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: unknown;
  answer: z.ZodType<Answer>;
  timeoutMs: number;
}

/**
 * One call of the hub's REST interface. Rejects with a `HubClientError`: by the hub's refusal, `unreachable`, or
 * `invalid_answer`.
 */
export async function request<Answer>(call: HubRequest<Answer>): Promise<Answer> {
  const { status, retryAfter, body } = await exchange(call);
  if (status < 200 || status > 299) throw refusalError({ status, retryAfter, body }, Date.now());
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new HubClientError('invalid_answer', { httpStatus: status, cause });
  }
  const parsed = call.answer.safeParse(value);
  if (!parsed.success) throw new HubClientError('invalid_answer', { httpStatus: status, cause: parsed.error });
  return parsed.data;
}

async function exchange({ method, url, headers, body, timeoutMs }: HubRequest<unknown>) {
  try {
    const response = await fetch(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      // The hub never redirects; following one would carry the key to wherever it points.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    return { status: response.status, retryAfter, body: await response.text() };
  } catch (cause) {
    throw new HubClientError('unreachable', { detail: `${method} ${url.pathname}`, cause });
  }
}
