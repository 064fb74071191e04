import { extname } from 'node:path';
import { type Upload, upload } from './multipart.ts';
import { badRequest, Refusal } from './refusal.ts';
import { isPrivateHost } from './webhook.ts';

const fetchTimeoutMs = 10_000;
/** Telegram's own limits for what it fetches. */
const maxBytes = { photo: 5 * 1024 * 1024, document: 20 * 1024 * 1024 };
/** All that Telegram takes as a document from a URL. */
const documentTypes: ReadonlySet<string> = new Set(['image/gif', 'application/pdf', 'application/zip']);
/** What a placeholder is taken for, by the end of its URL. */
const placeholderTypes: Readonly<Record<string, string>> = {
  '.gif': 'image/gif',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
};
const placeholder = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/**
 * The file behind a URL that the bot sent. Only this machine and private addresses are really asked; for the rest of
 * the world a placeholder stands in, so that demo and tests need no network.
 *
 * @throws {Refusal} in Telegram's words where the URL is none, or gives nothing that Telegram takes from one
 */
export async function remoteFile(url: string, kind: 'photo' | 'document'): Promise<Upload> {
  if (!/^https?:\/\//i.test(url)) throw badRequest('wrong file identifier/HTTP URL specified');
  if (!URL.canParse(url)) throw badRequest('wrong HTTP URL specified');
  const { hostname, pathname } = new URL(url);
  const name = pathname.split('/').at(-1) || kind;
  const { bytes, mimeType } = isPrivateHost(hostname)
    ? await download(url, maxBytes[kind])
    : { bytes: placeholder, mimeType: placeholderType(name, kind) };
  const isTaken = kind === 'photo' ? mimeType.startsWith('image/') : documentTypes.has(mimeType);
  if (!isTaken) throw badRequest('wrong type of the web page content');
  return upload(bytes, name, mimeType);
}

function placeholderType(name: string, kind: 'photo' | 'document'): string {
  return kind === 'photo' ? 'image/png' : (placeholderTypes[extname(name).toLowerCase()] ?? 'text/html');
}

async function download(url: string, limit: number): Promise<{ bytes: Buffer; mimeType: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (!response.ok) throw new Error(`The URL answered ${response.status}.`);
    const mimeType = (response.headers.get('content-type') ?? 'application/octet-stream').replace(/;.*$/, '');
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > limit) throw new Error(`The URL gives more than ${limit} bytes.`);
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks), mimeType };
  } catch (error) {
    throw new Refusal(400, 'Bad Request: failed to get HTTP URL content', undefined, { cause: error });
  }
}
