import type { Selectable } from 'kysely';
import { MAX_RAW_TEXT_BYTES } from '#protocol';
import { parseJson } from '../db/json-text.ts';
import type { ParseMode, PushData, PushKind, PushMessageTable, StoredFile } from '../db/push-tables.ts';
import type { ErrorDetail } from '../errors.ts';

export type PushRow = Selectable<PushMessageTable>;

/** Telegram's limits (core.telegram.org/bots/api), in code points after the markup was read. */
export const MAX_TEXT_LENGTH = 4_096;
export const MAX_CAPTION_LENGTH = 1_024;
/** Bytes of an uploaded file. */
export const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
export const MAX_DOCUMENT_BYTES = 50 * 1024 * 1024;

/** A message to a person, checked and complete. */
export interface OutboundMessage {
  kind: PushKind;
  text: string;
  parseMode: ParseMode;
  data: PushData;
  disableNotification: boolean;
}

/** The file on the hub's disk that a message carries. */
export function uploadOf(row: Pick<PushRow, 'data'>): StoredFile | undefined {
  const data = parseJson(row.data);
  return 'file' in data ? data.file : undefined;
}

/** Telegram's id of the file that a message carries; undefined: it has none, or is not sent yet. */
export function fileIdOf(row: Pick<PushRow, 'data'>): string | undefined {
  const data = parseJson(row.data);
  if ('file_id' in data) return data.file_id;
  return 'sent_file_id' in data ? data.sent_file_id : undefined;
}

/** Whether Telegram shows its text as HTML. */
export function hasMarkup(row: Pick<PushRow, 'parse_mode' | 'sent_as_plain'>): boolean {
  return row.parse_mode === 'HTML' && row.sent_as_plain === 0;
}

/** Who writes it: a TPV, an operator, whose text goes as it is, or the hub itself, whose sentences have markup. */
export function writerOf(row: Pick<PushRow, 'tpv_id' | 'parse_mode'>): 'tpv' | 'operator' | 'hub' {
  if (row.tpv_id !== null) return 'tpv';
  return row.parse_mode === 'none' ? 'operator' : 'hub';
}

/** The administrator who wrote it, as the audit log calls them; null where that is not kept. */
export function operatorOf({ options }: Pick<PushRow, 'options'>): string | null {
  return options === null ? null : (parseJson(options).by ?? null);
}

/** The URL of its file that is still to be fetched, by Telegram or by the hub. */
export function urlOf(row: Pick<PushRow, 'data'>): string | undefined {
  const data = parseJson(row.data);
  return 'url' in data && !('file' in data) ? data.url : undefined;
}

/**
 * What is wrong with a message before Telegram is asked. Markup only makes a text shorter, so without any the limit
 * is exact; with markup Telegram itself counts.
 */
export function faultsOfMessage(message: OutboundMessage): ErrorDetail[] {
  const { kind, text, parseMode, data } = message;
  const faults: ErrorDetail[] = [];
  const limit = kind === 'text' ? MAX_TEXT_LENGTH : MAX_CAPTION_LENGTH;
  const length = codePoints(parseMode === 'none' ? text : visibleText(text, parseMode));
  if (length > limit) faults.push({ path: 'text', message: (say) => say.upToCharacters(limit) });
  else if (Buffer.byteLength(text) > MAX_RAW_TEXT_BYTES) {
    faults.push({ path: 'text', message: (say) => say.upToMarkedUpBytes(MAX_RAW_TEXT_BYTES) });
  }
  switch (kind) {
    case 'text':
      if (text.trim() === '') faults.push({ path: 'text', message: (say) => say.required });
      break;
    case 'photo':
    case 'document':
      if (!('url' in data || 'file' in data || 'file_id' in data)) {
        faults.push({ path: `data.${kind}_url`, message: (say) => say.urlOrFile(kind) });
      }
      break;
    case 'location':
      if (!('latitude' in data)) faults.push({ path: 'data.latitude', message: (say) => say.latitudeAndLongitude });
      break;
    default:
      kind satisfies never;
  }
  return faults;
}

/** An emoji is one, although JavaScript counts two. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0);
}

/**
 * At least what of the text is left once its markup was read; never more than Telegram counts. What is looked for ends at
 * a last bracket: without that, thousands that only open would be looked at over and over.
 */
function visibleText(text: string, parseMode: 'HTML' | 'MarkdownV2'): string {
  if (parseMode === 'HTML') {
    const end = text.lastIndexOf('>') + 1;
    const visible = text.slice(0, end).replace(/<[^>]*>/g, '') + text.slice(end);
    return visible.replace(/&\w{1,10};|&#\w{1,10};/g, ' ');
  }
  const end = text.lastIndexOf(')') + 1;
  return (text.slice(0, end).replace(/\]\([^)]*\)/g, '') + text.slice(end))
    .replace(/\\(.)/g, '$1')
    .replace(/[*_~`|[\]>]/g, '');
}
