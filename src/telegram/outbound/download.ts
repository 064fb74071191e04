import type { Readable } from 'node:stream';

/** What else Telegram's server says of the file stays with the hub. */
export const DOWNLOAD_HEADERS = ['content-length', 'content-range', 'accept-ranges', 'last-modified'] as const;

/** A file on its way from Telegram. */
export interface TelegramDownload {
  status: 200 | 206 | 416;
  headers: Partial<Record<(typeof DOWNLOAD_HEADERS)[number], string>>;
  body: Readable;
  /** What Telegram calls it, such as `file_7.jpg`. */
  name: string;
}
