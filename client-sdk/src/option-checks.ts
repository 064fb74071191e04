import { HubClientError } from './errors.ts';

/**
 * The address of `path` at the hub whose base is `base` (`http://HOST:8100`, with or without a path of its own).
 * `ws:` and `wss:` are understood too.
 */
export function hubUrl(base: string, path: string): URL {
  const url = parse(base);
  if (url.protocol === 'ws:') url.protocol = 'http:';
  if (url.protocol === 'wss:') url.protocol = 'https:';
  return new URL(path, url);
}

/** The address of the hub's WebSocket. */
export function socketUrl(base: string): URL {
  const url = hubUrl(base, 'api/tpv/ws/');
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

function parse(base: string): URL {
  let url: URL;
  try {
    url = new URL(base);
  } catch (cause) {
    throw new HubClientError('invalid_options', { detail: 'url: write it as http://HOST:8100', cause });
  }
  if (!['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)) {
    throw new HubClientError('invalid_options', { detail: 'url: it must begin with http:// or https://' });
  }
  // A key that stands in the URL ends up in every proxy's log; the hub refuses it as well.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new HubClientError('invalid_options', { detail: 'url: credentials, "?" and "#" do not belong there' });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Checks that `apiKey` can travel in a header, so that no dial fails for it later. */
export function checkedApiKey(apiKey: string): string {
  if (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new HubClientError('invalid_options', { detail: 'apiKey: it is empty, or has characters that no key has' });
}

/** Gives `value` back where it is a whole number from 1; throws `invalid_options` with the option's `name` otherwise. */
export function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new HubClientError('invalid_options', { detail: `${name}: it must be a whole number from 1` });
}
