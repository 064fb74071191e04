import type { Api, RawApi } from 'grammy';
import { type Dispatcher, request } from 'undici';
import { HubError } from '../../errors.ts';
import type { Sentence } from '../../wording/wording.ts';
import { grammySignal, telegramFault } from './api.ts';
import { DOWNLOAD_HEADERS, type TelegramDownload } from './download.ts';
import { openLocalFile } from './local-file.ts';

export interface TelegramFilesOptions {
  api: Api<RawApi>;
  apiRoot: string;
  token: string;
  /** Where a Bot API server of one's own keeps files, which then serves none (`TELEGRAM_FILE_ROOT`). */
  fileRoot: string | undefined;
}

/** What bots may download (core.telegram.org/bots/api#getfile); a Bot API server of one's own would give more. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** Telegram has this long for its headers, and then between two pieces of the file. */
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 30_000;

/** Telegram's words for an id that is none, or no longer one. */
const NO_SUCH_FILE = /file_id|file identifier|file is temporarily unavailable/i;
const TOO_BIG = /file is too big/i;

/**
 * Downloads files that people sent. The address of a download holds the bot's token (S3), so none of the errors here
 * has the client's own as its cause.
 */
export function telegramFiles({ api, apiRoot, token, fileRoot }: TelegramFilesOptions) {
  return async (fileId: string, range: string | undefined, signal: AbortSignal): Promise<TelegramDownload> => {
    const file = await api.getFile(fileId, grammySignal(signal)).catch((error: unknown) => {
      throw refusal(error);
    });
    if ((file.file_size ?? 0) > MAX_FILE_BYTES) throw tooLarge();
    if (file.file_path === undefined) throw notFound();
    if (file.file_path.startsWith('/')) return localFile(fileRoot, token, file.file_path, range);
    const path = file.file_path.split('/');
    const url = `${apiRoot}/file/bot${token}/${path.map(encodeURIComponent).join('/')}`;
    const { statusCode, headers, body } = await request(url, {
      signal,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
      ...(range !== undefined && { headers: { range } }),
    }).catch((error: unknown) => {
      throw refusal(error);
    });
    if (statusCode === 200 || statusCode === 206 || statusCode === 416) {
      if (statusCode === 416 || Number(headers['content-length'] ?? 0) <= MAX_FILE_BYTES) {
        return { status: statusCode, headers: kept(headers, statusCode), body, name: path.at(-1) ?? '' };
      }
    }
    await body.dump();
    if (statusCode === 200 || statusCode === 206) throw tooLarge();
    throw statusCode === 404
      ? notFound()
      : telegramError(`HTTP ${statusCode}`, (say) => say.downloadAnswered(statusCode));
  };
}

/** A path of the server's disk, which holds the token: neither of the two sentences names it. */
async function localFile(
  root: string | undefined,
  token: string,
  path: string,
  range: string | undefined,
): Promise<TelegramDownload> {
  if (root === undefined) {
    throw telegramError('it keeps files on its disk, and TELEGRAM_FILE_ROOT is not set', (say) => say.noFileRoot);
  }
  const file = await openLocalFile({ root, token, path }, range, MAX_FILE_BYTES);
  if (file === 'too_large') throw tooLarge();
  if (file !== undefined) return file;
  throw telegramError('it is not in TELEGRAM_FILE_ROOT, or not readable', (say) => say.notInFileRoot);
}

function kept(headers: Dispatcher.ResponseData['headers'], status: number): TelegramDownload['headers'] {
  const found: TelegramDownload['headers'] = {};
  for (const name of DOWNLOAD_HEADERS) {
    const value = headers[name];
    // What follows a 416 is the hub's own.
    if (typeof value === 'string' && !(status === 416 && name === 'content-length')) found[name] = value;
  }
  return found;
}

function refusal(error: unknown): HubError {
  const fault = telegramFault(error);
  if (fault.kind !== 'refused') return telegramError(fault.description, (say) => say.noAnswer(fault.description));
  const { code, description, retryAfterSeconds } = fault;
  if (TOO_BIG.test(description)) return tooLarge();
  if (code === 400 && NO_SUCH_FILE.test(description)) return notFound();
  const said = `${code} ${description}`;
  return telegramError(said, () => said, retryAfterSeconds);
}

function telegramError(why: string, message: Sentence, retryAfterSeconds?: number): HubError {
  return new HubError('telegram_error', `Telegram did not hand out a file: ${why}`, {
    details: [{ path: 'telegram', message }],
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function notFound(): HubError {
  return new HubError('not_found', 'Telegram no longer has this file.');
}

function tooLarge(): HubError {
  return new HubError('payload_too_large', 'Telegram hands out files of at most 20 MB.', {
    details: [{ path: 'file_id', message: (say) => say.fileFromTelegram }],
  });
}
