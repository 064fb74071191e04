import { z } from 'zod';
import { buttonRows, httpUrl, keyboardFields } from './buttons.ts';
import { fault, matching } from './faults.ts';
import { telegramId } from './instruction.ts';

/** How long a button works where the push does not say, and at the most, in seconds. */
export const DEFAULT_BUTTON_SECONDS = 86_400;
const LONGEST_BUTTON_SECONDS = 30 * 86_400;

/** What Telegram takes with all its markup, in bytes of UTF-8; what of it a person sees has limits of its own. */
export const MAX_RAW_TEXT_BYTES = 32_768;
const text = z
  .string()
  .max(MAX_RAW_TEXT_BYTES)
  .refine(
    (value) => Buffer.byteLength(value) <= MAX_RAW_TEXT_BYTES,
    fault((say) => say.upToMarkedUpBytes(MAX_RAW_TEXT_BYTES)),
  );
/** Telegram numbers messages with 32 bits. */
const LARGEST_MESSAGE_ID = 2 ** 31 - 1;
const messageId = z.int().min(1).max(LARGEST_MESSAGE_ID);
/** Telegram's id of a file that came with an instruction: base64url. */
const fileId = matching(/^[\w-]{1,250}$/, (say) => say.notAFileId);

export const parseModeSchema = z.enum(['HTML', 'MarkdownV2', 'none']);

/** What becomes of a message that may have arrived: a person decides, or it is sent again (at least once). */
export const ifUnknownSchema = z.enum(['hold', 'resend']);
/** One of these. */
export type IfUnknown = z.infer<typeof ifUnknownSchema>;

/** The fields of a message to a person, the same over REST and over the socket. */
export const pushFields = {
  telegram_user_id: telegramId,
  message_type: z.enum(['text', 'photo', 'document', 'location']).default('text'),
  text: text.default(''),
  data: z
    .strictObject({
      photo_url: httpUrl.optional(),
      document_url: httpUrl.optional(),
      photo_file_id: fileId.optional(),
      document_file_id: fileId.optional(),
      latitude: z.number().min(-90).max(90).optional(),
      longitude: z.number().min(-180).max(180).optional(),
    })
    .default({}),
  parse_mode: parseModeSchema.default('HTML'),
  disable_notification: z.boolean().default(false),
  buttons: buttonRows.optional(),
  /** Seconds for which the buttons work. */
  expires_in: z.int().min(1).max(LONGEST_BUTTON_SECONDS).default(DEFAULT_BUTTON_SECONDS),
  /** The first press settles all the message's buttons. */
  single_use: z.boolean().default(true),
  /** Without it, the hub's setting decides. */
  if_unknown: ifUnknownSchema.optional(),
  // What came later has no default: a key's hash is made of what is there, and an older TPV repeats its own.
  ...keyboardFields,
  /** Telegram's number of the message of this chat that it answers; if that is gone, it goes without. */
  reply_to_message_id: messageId.optional(),
  /** Nobody may forward or save it. */
  protect_content: z.boolean().optional(),
  /** The topic of the chat that it goes to, 0 for none; without it, that in which the person wrote last. */
  message_thread_id: z.int().min(0).max(LARGEST_MESSAGE_ID).optional(),
};
/** A message to a person, as REST takes it. */
export const pushSchema = z.strictObject(pushFields);
/** A message to a person, complete. */
export type PushFields = z.infer<typeof pushSchema>;

const { telegram_user_id: _, ...replyFields } = pushFields;
/** The message that a report brings its instruction's person: a push that need not say to whom. */
export const replySchema = z.strictObject(replyFields);
/** The message that a report brings its instruction's person, complete. */
export type ReplyFields = z.infer<typeof replySchema>;

/** Names one push across retries. */
export const idempotencyKeySchema = z.string().min(1).max(128);

/** Changes a message that was sent; what is absent stays. */
export const pushEditSchema = z
  .strictObject({
    text: text.min(1).optional(),
    parse_mode: parseModeSchema.optional(),
    buttons: buttonRows.optional(),
    expires_in: pushFields.expires_in,
    single_use: pushFields.single_use,
  })
  .refine(
    (edit) => edit.text !== undefined || edit.buttons !== undefined,
    fault((say) => say.textOrButtons),
  );
/** What changes a message that was sent. */
export type PushEdit = z.infer<typeof pushEditSchema>;
