import { type Api, InputFile, type RawApi } from 'grammy';
import { parseJson } from '../../db/json-text.ts';
import type { ParseMode, PushData, StoredFile } from '../../db/push-tables.ts';
import { type PushRow, uploadOf } from '../../push/message.ts';
import type { SendOutcome, SendPort } from '../../push/send-port.ts';
import type { UploadStore } from '../../push/uploads.ts';
import { backoff } from '../../push/verdict.ts';
import { WRITTEN } from '../../wording/written.ts';
import { telegramFault } from './api.ts';
import { departures } from './request.ts';

/** Telegram's words for markup that it can't parse. */
export const UNPARSABLE = /can't parse entities|can't find end of|unsupported start tag|unclosed/i;

/** Its words for a topic that is not there (any more), or takes nothing. */
const TOPIC_GONE = /message thread not found|TOPIC_(CLOSED|DELETED|ID_INVALID)/i;

/** Sends rows of the queue through grammY's Api. */
export function telegramSender(api: Api<RawApi>, uploads: ReadUploads): SendPort {
  return {
    async send(row, leave) {
      const upload = await openUpload(uploads, row);
      if ('kind' in upload) return upload;
      let how: How = { mode: row.parse_mode, inTopic: true };
      for (;;) {
        const asked = how;
        const outcome = await attempt(() => departures.run(leave, () => call(api, row, upload, asked)));
        // The request was broken off before its end.
        if (upload.broke && outcome.kind !== 'sent') return notReadable(row);
        if (outcome.kind === 'sent') return { ...outcome, asPlain: how.mode !== row.parse_mode };
        const other: How | undefined = outcome.kind === 'refused' ? otherwise(how, outcome.description) : undefined;
        if (other === undefined) return outcome;
        how = other;
      }
    },
    probe: () =>
      api.getMe().then(
        () => true,
        () => false,
      ),
  };
}

/** In which of its ways a message is asked for. */
interface How {
  mode: ParseMode;
  inTopic: boolean;
}

/** The way that is left once Telegram refused one; undefined: none. */
function otherwise(how: How, description: string): How | undefined {
  if (how.mode !== 'none' && UNPARSABLE.test(description)) return { ...how, mode: 'none' };
  if (how.inTopic && TOPIC_GONE.test(description)) return { ...how, inTopic: false };
  return undefined;
}

type ReadUploads = Pick<UploadStore, 'has' | 'read'>;

/** The file of a message. */
interface OpenUpload {
  /** Anew for each request; undefined where the message carries none. */
  input(): InputFile | undefined;
  /** Whether reading it failed on the way. */
  readonly broke: boolean;
}

/** @returns what becomes of the message where its file can't be had */
async function openUpload(uploads: ReadUploads, row: PushRow): Promise<OpenUpload | SendOutcome> {
  const file = uploadOf(row);
  if (file === undefined) return { input: () => undefined, broke: false };
  try {
    if (!(await uploads.has(file))) return { kind: 'impossible', description: WRITTEN.fileGone.es };
  } catch {
    return notReadable(row);
  }
  let broke = false;
  async function* bytes(stored: StoredFile) {
    try {
      yield* uploads.read(stored);
    } catch (error) {
      broke = true;
      throw error;
    }
  }
  return {
    input: () => new InputFile(bytes(file), file.name),
    get broke() {
      return broke;
    },
  };
}

function notReadable({ attempts }: PushRow): SendOutcome {
  return { kind: 'later', description: WRITTEN.fileNotRead.es, waitMs: backoff(attempts + 1) };
}

/** What is read of Telegram's answer to a message. */
interface Answered {
  message_id: number;
  /** In several sizes, the smallest first. */
  photo?: readonly { file_id: string }[];
  document?: { file_id: string };
}

async function attempt(request: () => Promise<Answered>): Promise<SendOutcome> {
  try {
    const { message_id: messageId, photo, document } = await request();
    const fileId = photo?.at(-1)?.file_id ?? document?.file_id;
    return { kind: 'sent', messageId, asPlain: false, ...(fileId !== undefined && { fileId }) };
  } catch (error) {
    return refusedOrFault(error);
  }
}

/** A fault of a call to Telegram, in push's terms. */
export function refusedOrFault(error: unknown): Exclude<SendOutcome, { kind: 'sent' | 'later' | 'impossible' }> {
  const fault = telegramFault(error);
  if (fault.kind !== 'refused') return { kind: fault.kind, description: fault.description };
  const { code, description, retryAfterSeconds, migratedTo } = fault;
  return {
    kind: 'refused',
    code,
    description,
    ...(retryAfterSeconds !== undefined && { retryAfterMs: retryAfterSeconds * 1_000 }),
    ...(migratedTo !== undefined && { migratedTo }),
  };
}

function call(api: Api<RawApi>, row: PushRow, upload: OpenUpload, { mode, inTopic }: How): Promise<Answered> {
  const data = parseJson(row.data);
  const options = row.options === null ? {} : parseJson(row.options);
  const shared = {
    disable_notification: row.disable_notification === 1,
    ...(row.reply_markup !== null && { reply_markup: parseJson(row.reply_markup) }),
    ...(options.protected && { protect_content: true }),
    ...(options.topic !== undefined && inTopic && { message_thread_id: options.topic }),
    ...(options.reply_to !== undefined && {
      reply_parameters: { message_id: options.reply_to, allow_sending_without_reply: true },
    }),
  };
  const marked = { ...shared, ...(mode !== 'none' && { parse_mode: mode }) };
  switch (row.kind) {
    case 'text':
      return api.sendMessage(row.chat_id, row.text, marked);
    case 'photo':
      return api.sendPhoto(row.chat_id, upload.input() ?? fileOf(data), captioned(row, marked));
    case 'document':
      return api.sendDocument(row.chat_id, upload.input() ?? fileOf(data), captioned(row, marked));
    case 'location':
      if (!('latitude' in data)) throw new Error(`The push ${row.id} has no place.`);
      return api.sendLocation(row.chat_id, data.latitude, data.longitude, shared);
    default:
      return row.kind satisfies never;
  }
}

function captioned<T extends object>(row: PushRow, other: T): T & { caption?: string } {
  return row.text === '' ? other : { ...other, caption: row.text };
}

/** Telegram fetches a URL itself, and has what is sent by its id. */
function fileOf(data: PushData): string {
  if ('file_id' in data) return data.file_id;
  if ('url' in data && data.url !== undefined) return data.url;
  throw new Error('The push has neither a URL, an id nor a file.');
}
