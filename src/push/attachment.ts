/**
 * `Content-Disposition` for a download under this name (RFC 6266): as it is in `filename*`, and for old clients with
 * what ASCII has of it. Never `inline`: a page that a person sent must not run under the hub's address.
 */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  // encodeURIComponent leaves four characters alone that RFC 5987 wants encoded.
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
