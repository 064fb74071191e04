import { z } from 'zod';
import { telegramId } from './instruction.ts';

/** Largest `data` of a button, in bytes of JSON. */
export const MAX_BUTTON_DATA_BYTES = 4 * 1024;
/** Telegram's limits for an inline keyboard. */
export const MAX_BUTTONS_PER_ROW = 8;
/** Telegram’s limit for all buttons of a message. */
export const MAX_BUTTONS = 100;
/** How long a button works where the push does not say, and at the most, in seconds. */
export const DEFAULT_BUTTON_SECONDS = 86_400;
const LONGEST_BUTTON_SECONDS = 30 * 86_400;

/** What Telegram takes with all its markup, in bytes of UTF-8; what of it a person sees has limits of its own. */
const MAX_RAW_TEXT_BYTES = 32_768;
const text = z
  .string()
  .max(MAX_RAW_TEXT_BYTES)
  .refine((value) => Buffer.byteLength(value) <= MAX_RAW_TEXT_BYTES, {
    error: `admite hasta ${MAX_RAW_TEXT_BYTES} bytes, con sus marcas`,
  });
const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000);
const label = z.string().min(1).max(64);

/** A page that Telegram lets a button open: on the web, its host is an address or has a dot. */
const pageUrl = z
  .url({ protocol: /^(https?|tg)$/ })
  .max(2_000)
  // Also asked of what is no URL: the checks before it don't end the looking.
  .refine((value) => value.startsWith('tg:') || /[.:]/.test(URL.parse(value)?.hostname.replace(/\.$/, '') ?? ''), {
    error: 'Telegram solo abre direcciones con un dominio completo, como https://bar.example',
  });

/** JSON that fits into a button; its size is counted as it will be stored. */
const buttonData = z
  .unknown()
  .refine((value) => Buffer.byteLength(JSON.stringify(value ?? null)) <= MAX_BUTTON_DATA_BYTES, {
    error: `admite hasta ${MAX_BUTTON_DATA_BYTES} bytes de JSON`,
  });

/** A button does one thing: become an instruction, open a page, or have a URL of the TPV called. */
export const buttonSchema = z.union([
  z.strictObject({ text: label, action: z.string().min(1).max(64), data: buttonData.optional() }),
  z.strictObject({ text: label, url: pageUrl }),
  z.strictObject({ text: label, callback_url: httpUrl }),
]);
/** A button under a message. */
export type Button = z.infer<typeof buttonSchema>;

/**
 * Counts rows and buttons before any of them is looked at: a schema takes seconds over 300,000 of them.
 * @param rows the schema of rows that are not too many
 */
export function countedRows<T extends z.ZodType>(rows: T) {
  return z.preprocess((value, { issues }) => {
    if (!Array.isArray(value)) return value;
    const count = value.reduce((sum: number, row) => sum + (Array.isArray(row) ? Math.max(row.length, 1) : 1), 0);
    if (count <= MAX_BUTTONS) return value;
    issues.push({ code: 'custom', message: `admite hasta ${MAX_BUTTONS} botones`, input: value });
    return z.NEVER;
  }, rows);
}

/** Rows of buttons. */
export const buttonRows = countedRows(z.array(z.array(buttonSchema).min(1).max(MAX_BUTTONS_PER_ROW)));
/** Rows of buttons. */
export type ButtonRows = z.infer<typeof buttonRows>;

export const parseModeSchema = z.enum(['HTML', 'MarkdownV2', 'none']);

/** The fields of a message to a person, the same over REST and over the socket. */
export const pushFields = {
  telegram_user_id: telegramId,
  message_type: z.enum(['text', 'photo', 'document', 'location']).default('text'),
  text: text.default(''),
  data: z
    .strictObject({
      photo_url: httpUrl.optional(),
      document_url: httpUrl.optional(),
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
  /** If it may have arrived: a person decides (the default), or it is sent again. */
  if_unknown: z.enum(['hold', 'resend']).optional(),
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
  .refine((edit) => edit.text !== undefined || edit.buttons !== undefined, { error: 'indica «text» o «buttons»' });
/** What changes a message that was sent. */
export type PushEdit = z.infer<typeof pushEditSchema>;
