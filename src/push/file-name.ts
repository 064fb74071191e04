const MAX_NAME_BYTES = 255;
const MAX_EXTENSION_LENGTH = 20;
/** Control characters, and those that turn the direction of writing: `\u202Egpj.exe` reads as `exe.jpg`. */
const INVISIBLE = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/**
 * Telegram's reader of forms ends a header's value at the first `;`, and a quote moves its end. Clients write quotes and
 * line ends as the second half has them (WHATWG's multipart/form-data).
 */
const UNSAFE_IN_FORM = /[";]|%22|%0D|%0A/gi;
/** RFC 6838, section 4.2; parameters are left out. */
const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** A file name from outside, without a folder and of at most 255 bytes; `fallback` if nothing is left. */
export function fileName(given: string | undefined, fallback: string): string {
  const base = (given ?? '').toWellFormed().split(/[/\\]/).at(-1)?.replace(INVISIBLE, '').trim() ?? '';
  if (/^\.*$/.test(base)) return fallback;
  if (Buffer.byteLength(base) <= MAX_NAME_BYTES) return base;
  const dot = base.lastIndexOf('.');
  const extension = dot > 0 && base.length - dot <= MAX_EXTENSION_LENGTH ? base.slice(dot) : '';
  return cut(base.slice(0, base.length - extension.length), MAX_NAME_BYTES - Buffer.byteLength(extension)) + extension;
}

/** The same, for a file that goes on to Telegram as a part of a form. */
export function formFileName(given: string | undefined, fallback: string): string {
  return fileName(given?.replace(UNSAFE_IN_FORM, '_'), fallback);
}

/** A MIME type without parameters; undefined if it is none. */
export function mimeType(given: string | undefined): string | undefined {
  const type = given?.split(';', 1)[0]?.trim().toLowerCase();
  return type !== undefined && MIME_TYPE.test(type) ? type : undefined;
}

/** Telegram names no type for these; it makes photos, stickers and round videos itself, always in these formats. */
const TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  webp: 'image/webp',
  webm: 'video/webm',
  tgs: 'application/gzip',
  mp4: 'video/mp4',
  oga: 'audio/ogg',
};

/**
 * The type of a file that a person sent.
 * @param given what Telegram says of it
 * @param name what Telegram calls it, such as `file_7.jpg`
 */
export function typeOfFile(given: string | null, name: string): string {
  return mimeType(given ?? undefined) ?? TYPE_BY_EXTENSION[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
}

/** The longest beginning of at most `maxBytes`, whole characters only. */
function cut(text: string, maxBytes: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}
