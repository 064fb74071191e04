import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

const assets = new Map([
  ['/', ['page.html', 'text/html']],
  ['/page.js', ['page.js', 'text/javascript']],
  ['/formatting.js', ['formatting.js', 'text/javascript']],
  ['/bubble.js', ['bubble.js', 'text/javascript']],
  ['/keys.js', ['keys.js', 'text/javascript']],
  ['/choices.js', ['choices.js', 'text/javascript']],
  ['/page.css', ['page.css', 'text/css']],
] as const);

const securityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Serves the chat page's files; false where the path is none of them. */
export async function serveChatPage(response: ServerResponse, pathname: string): Promise<boolean> {
  const asset = assets.get(pathname as '/');
  if (asset === undefined) return false;
  const [name, type] = asset;
  const body = await readFile(new URL(`page/${name}`, import.meta.url));
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-cache',
    'content-security-policy': securityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(body);
  return true;
}
