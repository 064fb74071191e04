import type { Readable } from 'node:stream';
import type { Client } from 'undici';
import type { Clock } from '../clock.ts';
import type { Lookup } from './lookup.ts';
import { CONNECT_TIMEOUT_MS, codeOf, decoded, openPinned } from './pinned-client.ts';

/** From the first step to the answer's last byte. */
const TOTAL_TIMEOUT_MS = 10_000;
/** Bytes of an answer, decoded. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** How posting went; `detail` is a code for the log, never a URL. */
export type PostOutcome =
  | { kind: 'response'; status: number; body: string }
  | { kind: 'refused'; reason: 'address' | 'redirect' }
  | { kind: 'failed'; reason: PostFailure; detail?: string };

/** `not_json`: said to be compressed, and was not. */
type PostFailure = 'timeout' | 'unreachable' | 'too_large' | 'not_json';

/** A form, urlencoded, and what comes along in headers. */
export interface EncodedForm {
  body: string;
  headers: Readonly<Record<string, string>>;
}

export interface PostPorts {
  allowPrivate: boolean;
  clock: Clock;
  lookup: Lookup;
}

/**
 * Posts a form on a connection of its own, to an address that was checked (docs/security.md, S15 and S16). Follows no
 * redirect and knows no proxy.
 */
export async function postForm(
  { allowPrivate, clock, lookup }: PostPorts,
  url: URL,
  form: EncodedForm,
): Promise<PostOutcome> {
  const timeout = new AbortController();
  const { signal } = timeout;
  const cancelTotal = clock.after(TOTAL_TIMEOUT_MS, () => timeout.abort());
  const cancelConnect = clock.after(CONNECT_TIMEOUT_MS, () => timeout.abort());
  try {
    const client = await openPinned(url, { allowPrivate, lookup, signal });
    if (client === undefined) return { kind: 'refused', reason: 'address' };
    client.once('connect', cancelConnect);
    try {
      return await exchange(client, url, form, signal);
    } finally {
      await client.destroy();
    }
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', reason: 'timeout' };
    const detail = codeOf(error);
    return { kind: 'failed', reason: detail?.startsWith('Z_') ? 'not_json' : 'unreachable', detail };
  } finally {
    cancelConnect();
    cancelTotal();
  }
}

async function exchange(client: Client, url: URL, form: EncodedForm, signal: AbortSignal): Promise<PostOutcome> {
  const { statusCode, headers, body } = await client.request({
    method: 'POST',
    path: url.pathname + url.search,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'ValleTPV-Hub',
      ...form.headers,
    },
    body: form.body,
    signal,
  });
  if (statusCode >= 300 && statusCode < 400) return { kind: 'refused', reason: 'redirect' };
  const text = await boundedText(decoded(body, headers['content-encoding']));
  if (text === undefined) return { kind: 'failed', reason: 'too_large' };
  return { kind: 'response', status: statusCode, body: text };
}

/** The whole text; undefined, and nothing more is read, if it is too long. */
async function boundedText(body: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
