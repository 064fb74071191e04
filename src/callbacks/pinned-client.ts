import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Client } from 'undici';
import { mayConnectTo } from './address.ts';
import type { Lookup } from './lookup.ts';

/** From the name's look-up to an open (TLS) connection. */
export const CONNECT_TIMEOUT_MS = 3_000;

/** These names mean this machine, whatever a resolver says (RFC 6761). */
const LOCALHOST = /^(.+\.)?localhost\.?$/;
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * A client for one exchange with a URL that came from outside (docs/security.md, S15). The name is resolved once, each
 * of its addresses is checked, and one of these is connected to, so that a name can't become another address in between.
 * It uses no proxy. The caller that opens it must destroy it.
 * @returns undefined: one of its addresses is none that the hub connects to
 */
export async function openPinned(
  url: URL,
  { allowPrivate, lookup, signal }: { allowPrivate: boolean; lookup: Lookup; signal: AbortSignal },
): Promise<Client | undefined> {
  const addresses = await unlessAborted(signal, addressesOf(url, lookup));
  if (!addresses.every((address) => mayConnectTo(address, allowPrivate))) return undefined;
  return pinnedClient(url.origin, addresses, signal);
}

/** Some servers compress though they were asked not to. */
export function decoded(body: Readable, encoding: string | string[] | undefined): Readable {
  if (!/^(x-)?gzip$/i.test(String(encoding))) return body;
  return pipeline(body, createGunzip(), () => {});
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

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** The system's, TLS's or undici's code; messages may hold the URL. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
