/** The URL if the hub may call it at all: http or https, without a user name or password in it. */
export function callableUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

/** A TPV's two columns for where it is reached; the origin is what a press is looked up by, and null if it has none. */
export function endpointColumns(endpointUrl: string): { endpoint_url: string; endpoint_origin: string | null } {
  return { endpoint_url: endpointUrl, endpoint_origin: callableUrl(endpointUrl)?.origin ?? null };
}
