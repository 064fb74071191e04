import type { Client } from 'undici';
import type { Clock } from '../clock.ts';
import { callableUrl } from '../tpvs/endpoint.ts';
import type { Lookup } from './lookup.ts';
import { CONNECT_TIMEOUT_MS, codeOf, decoded, openPinned } from './pinned-client.ts';

/** From the first step to the file's last byte: 50 MB over a line of 7 Mbit/s. */
const TOTAL_TIMEOUT_MS = 60_000;
/** Within this long something has to come. */
const SILENCE_TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 5;

/** What a server says of a file before its bytes. */
export interface FileHead {
  /** Where it lies, after all redirects. */
  url: URL;
  contentType?: string;
  /** As many as its server announces; 0 if it says nothing. */
  bytes: number;
}

/** How fetching a file went; `detail` is a code for the log. */
export type DownloadOutcome<T> =
  | { kind: 'saved'; saved: T }
  /** The server answered with another status than a success. */
  | { kind: 'status'; status: number }
  | { kind: 'refused'; reason: 'url' | 'address' | 'redirects' }
  | { kind: 'failed'; reason: 'timeout' | 'unreachable' | 'encoding'; detail?: string | undefined };

export interface DownloadPorts {
  /** Whether this origin may lie at an address of a LAN. */
  allowPrivate(origin: string): Promise<boolean>;
  clock: Clock;
  lookup: Lookup;
}

/** What becomes of one step: a file, or where it is to be looked for. */
type Step<T> = DownloadOutcome<T> | { kind: 'moved'; to: string };

/** What all steps of one download share. */
interface Way<T> {
  signal: AbortSignal;
  /** Ends it as too slow. */
  timeout(): void;
  save(head: FileHead, body: AsyncIterable<Buffer>): Promise<T>;
}

/**
 * Fetches a file from a URL that came from outside, on connections of its own (docs/security.md, S40). Each redirect is
 * looked at as the URL itself; no proxy is known, nothing but the URL is told to the server.
 * @param stop ends it; it counts as a timeout
 * @param save takes the bytes as they come; what it throws is thrown on
 */
export async function download<T>(
  ports: DownloadPorts,
  url: string,
  stop: AbortSignal,
  save: Way<T>['save'],
): Promise<DownloadOutcome<T>> {
  const late = new AbortController();
  const timeout = () => late.abort();
  const cancelTotal = ports.clock.after(TOTAL_TIMEOUT_MS, timeout);
  const signal = AbortSignal.any([stop, late.signal]);
  try {
    let at = url;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const target = callableUrl(at);
      if (target === undefined) return { kind: 'refused', reason: 'url' };
      const step = await fetchFrom(ports, target, { signal, timeout, save });
      if (step.kind !== 'moved') return step;
      at = URL.parse(step.to, target)?.href ?? '';
    }
    return { kind: 'refused', reason: 'redirects' };
  } finally {
    cancelTotal();
  }
}

/** What `save` threw, which is none of the server's faults. */
class SaveFault extends Error {}

async function fetchFrom<T>({ allowPrivate, lookup, clock }: DownloadPorts, url: URL, way: Way<T>): Promise<Step<T>> {
  const { signal, timeout } = way;
  let cancelWait = clock.after(CONNECT_TIMEOUT_MS, timeout);
  const came = () => {
    cancelWait();
    cancelWait = clock.after(SILENCE_TIMEOUT_MS, timeout);
  };
  try {
    const client = await openPinned(url, { allowPrivate: await allowPrivate(url.origin), lookup, signal });
    if (client === undefined) return { kind: 'refused', reason: 'address' };
    client.once('connect', came);
    try {
      return await exchange(client, url, way, came);
    } finally {
      await client.destroy();
    }
  } catch (error) {
    if (error instanceof SaveFault) throw error.cause;
    if (signal.aborted) return { kind: 'failed', reason: 'timeout' };
    const detail = codeOf(error);
    return { kind: 'failed', reason: detail?.startsWith('Z_') ? 'encoding' : 'unreachable', detail };
  } finally {
    cancelWait();
  }
}

async function exchange<T>(client: Client, url: URL, { signal, save }: Way<T>, came: () => void): Promise<Step<T>> {
  const { statusCode, headers, body } = await client.request({
    method: 'GET',
    path: url.pathname + url.search,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'ValleTPV-Hub' },
    signal,
  });
  came();
  // Its faults are met where it is read; one that is not read is over with its client.
  body.on('error', () => {});
  const { location, 'content-type': type, 'content-encoding': encoding, 'content-length': length } = headers;
  if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') return { kind: 'moved', to: location };
  if (statusCode >= 300) return { kind: 'status', status: statusCode };
  if (!/^(identity|(x-)?gzip)$/i.test(String(encoding ?? 'identity'))) return { kind: 'failed', reason: 'encoding' };
  const head = { url, ...(typeof type === 'string' && { contentType: type }), bytes: Number(length ?? 0) };
  const watch = watched(decoded(body, encoding), came);
  try {
    return { kind: 'saved', saved: await save(head, watch.chunks) };
  } catch (error) {
    throw watch.isBroken() ? error : new SaveFault('', { cause: error });
  }
}

/** Tells a fault of the server's from one of its reader's. */
function watched(body: AsyncIterable<Buffer>, came: () => void) {
  let broken = false;
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of body) {
        came();
        yield chunk;
      }
    } catch (error) {
      broken = true;
      throw error;
    }
  }
  return { chunks: chunks(), isBroken: () => broken };
}
