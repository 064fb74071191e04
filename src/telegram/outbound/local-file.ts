import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { TelegramDownload } from './download.ts';

/** A file that a Bot API server of one's own (`--local`) keeps on its disk. */
export interface LocalFile {
  /** The server's working folder, as this machine sees it (`TELEGRAM_FILE_ROOT`). */
  root: string;
  /** The server keeps each bot's files in a folder of this name. */
  token: string;
  /** As the server names it, whose disk may hang elsewhere there. */
  path: string;
}

/**
 * Opens it for reading; the body closes it.
 * @param range of its bytes, as in the header `Range`
 * @returns undefined where the folder has no such file, or the path leads out of the folder
 */
export async function openLocalFile(
  file: LocalFile,
  range: string | undefined,
  maxBytes: number,
): Promise<TelegramDownload | 'too_large' | undefined> {
  const handle = await openWithin(file);
  if (handle === undefined) return undefined;
  const { size } = await handle.stat();
  const part = range === undefined ? { start: 0, end: size - 1 } : partOf(range, size);
  const name = basename(file.path);
  if (size > maxBytes || part === undefined || size === 0) {
    await handle.close();
    if (size > maxBytes) return 'too_large';
    if (part !== undefined) return { status: 200, headers: { 'content-length': '0' }, body: Readable.from([]), name };
    return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: Readable.from([]), name };
  }
  const { start, end } = part;
  const headers = {
    'content-length': String(end - start + 1),
    'accept-ranges': 'bytes',
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
  };
  return { status: range === undefined ? 200 : 206, headers, body: handle.createReadStream({ start, end }), name };
}

async function openWithin({ root, token, path }: LocalFile): Promise<FileHandle | undefined> {
  const own = path.indexOf(`/${token}/`);
  const wanted = own < 0 ? path : join(root, path.slice(own));
  try {
    const [folder, found] = await Promise.all([realpath(root), realpath(wanted)]);
    return found.startsWith(folder + sep) ? await open(found, 'r') : undefined;
  } catch {
    // Not there, or not for this user: its caller says what to look at. The system's message would hold the token.
    return undefined;
  }
}

/** The first and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined outside the file. */
function partOf(range: string, size: number): { start: number; end: number } | undefined {
  const [first = '', last = ''] = range.replace('bytes=', '').split('-');
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start < size && start <= end ? { start, end } : undefined;
}
