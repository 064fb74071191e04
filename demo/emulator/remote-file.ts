import { type Upload, upload } from './multipart.ts';
import { badRequest, Refusal } from './refusal.ts';
import { isPrivateHost } from './webhook.ts';

const fetchTimeoutMs = 10_000;
const placeholder = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/**
 * The file behind a URL that the bot sent. Only this machine and private addresses are really asked; for the rest of
 * the world a placeholder stands in, so that demo and tests need no network.
 *
 * @throws {Refusal} in Telegram's words where the URL is none, or gives nothing of that kind
 */
export async function remoteFile(url: string, kind: 'photo' | 'document'): Promise<Upload> {
  if (!/^https?:\/\//i.test(url)) throw badRequest('wrong file identifier/HTTP URL specified');
  if (!URL.canParse(url)) throw badRequest('wrong HTTP URL specified');
  const { hostname, pathname } = new URL(url);
  const name = pathname.split('/').at(-1) || kind;
  if (!isPrivateHost(hostname)) {
    return upload(placeholder, name, kind === 'photo' ? 'image/png' : 'application/octet-stream');
  }
  const { bytes, mimeType } = await download(url);
  if (kind === 'photo' && !mimeType.startsWith('image/')) throw badRequest('wrong type of the web page content');
  return upload(bytes, name, mimeType);
}

async function download(url: string): Promise<{ bytes: Buffer; mimeType: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (!response.ok) throw new Error(`The URL answered ${response.status}.`);
    const mimeType = (response.headers.get('content-type') ?? 'application/octet-stream').replace(/;.*$/, '');
    return { bytes: Buffer.from(await response.arrayBuffer()), mimeType };
  } catch (error) {
    throw new Refusal(400, 'Bad Request: failed to get HTTP URL content', undefined, { cause: error });
  }
}
