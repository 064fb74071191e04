import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Client } from 'undici';
import type { Clock } from '../clock.ts';
import { mayConnectTo } from './address.ts';
import type { Lookup } from './lookup.ts';

/** From the name's look-up to an open (TLS) connection. */
const CONNECT_TIMEOUT_MS = 3_000;
/** From the first step to the answer's last byte. */
const TOTAL_TIMEOUT_MS = 10_000;
/** Bytes of an answer, decoded. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** These names mean this machine, whatever a resolver says (RFC 6761). */
const LOCALHOST = /^(.+\.)?localhost\.?$/;
const LOOPBACK = ['127.0.0.1', '::1'];

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
 * Posts a form on a connection of its own (docs/security.md, S15 and S16). The name is resolved once, each of its
 * addresses is checked, and one of these is connected to, so that a name can't become another address in between.
 * Follows no redirect and knows no proxy.
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
    const addresses = await unlessAborted(signal, addressesOf(url, lookup));
    if (!addresses.every((address) => mayConnectTo(address, allowPrivate))) {
      return { kind: 'refused', reason: 'address' };
    }
    const client = pinnedClient(url.origin, addresses, signal);
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

async function addressesOf(url: URL, lookup: Lookup): Promise<readonly string[]> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(hostname) !== 0) return [hostname];
  const addresses = LOCALHOST.test(hostname) ? LOOPBACK : await lookup(hostname);
  if (addresses.length === 0) throw new Error('The name has no address.');
  return addresses;
}

/**
 * A client for one exchange. Its sockets ask for the name's addresses and are given the checked ones (an address in
 * the URL, which is checked too, asks nobody); what is waited for is the clock's matter, so undici's timers are off.
 */
function pinnedClient(origin: string, addresses: readonly string[], signal: AbortSignal): Client {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, { all }, callback) => {
    const [first] = entries;
    if (all === true || first === undefined) callback(null, entries);
    else callback(null, first.address, first.family);
  };
  return new Client(origin, {
    // The signal ends a socket that is still connecting; undici itself would leave it to the system.
    connect: { lookup, signal, timeout: 0 },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 0,
    allowH2: false,
  });
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

/** Some servers compress though they were asked not to. */
function decoded(body: Readable, encoding: string | string[] | undefined): Readable {
  if (!/^(x-)?gzip$/i.test(String(encoding))) return body;
  return pipeline(body, createGunzip(), () => {});
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

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** The system's, TLS's or undici's code; messages may hold the URL. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
