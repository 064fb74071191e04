import { z } from 'zod';
import { plainText } from '../../db/plain-text.ts';
import { telegramIdText } from './telegram-id.ts';

const time = z.iso.datetime({ precision: 3 });

/** `sending` shows as `pending`. */
export const pushStatus = z.enum(['pending', 'sent', 'failed', 'unknown']);
export type PushStatus = z.infer<typeof pushStatus>;

export const pushWriter = z.enum(['tpv', 'operator', 'hub']);

export const pushKind = z.enum(['text', 'photo', 'document', 'location']);

export const pushFilters = z.strictObject({
  status: pushStatus.optional(),
  tpv_id: z.uuid().optional(),
  telegram_user_id: telegramIdText.optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Desde este momento, incluido'),
  to: z.iso.datetime({ offset: true }).optional().describe('Hasta este momento, excluido'),
  text: plainText(1, 200).optional().describe('Texto que contiene el mensaje, o su identificador entero'),
});
export type PushFilters = z.infer<typeof pushFilters>;

export const pushParams = z.object({ id: z.string().max(64) });

export const pushSummary = z.object({
  id: z.uuid(),
  kind: pushKind,
  /** The beginning of its text. */
  excerpt: z.string(),
  status: pushStatus,
  /** Null: the hub itself says it, or an operator. */
  tpv: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  writer: pushWriter,
  operator: z.string().nullable().describe('Quién lo escribió en el panel, si se sabe'),
  user: z.object({ telegram_id: z.int(), name: z.string() }),
  /** Telegram's code, if it refused. */
  error_code: z.int().nullable(),
  error_message: z.string(),
  attempts: z.int(),
  created_at: time,
  sent_at: time.nullable(),
  /** When it is tried (again); null once it is settled. */
  not_before: time.nullable(),
});
export type PushSummary = z.infer<typeof pushSummary>;

export const pushList = z.object({ items: z.array(pushSummary), next: z.string().nullable() });

/** One button as the person sees it. */
const button = z.object({ text: z.string(), url: z.string().nullable() });

/** What hangs under a message, or stands in place of the letters. */
export const pushMarkup = z.object({
  /** Row by row. */
  buttons: z.array(z.array(button)),
  /** What the keys say that it put in place of the letters, row by row. */
  keyboard: z.array(z.array(z.string())),
});
export type PushMarkup = z.infer<typeof pushMarkup>;

export const pushDetail = pushSummary.extend({
  text: z.string(),
  parse_mode: z.enum(['HTML', 'MarkdownV2', 'none']),
  ...pushMarkup.shape,
  telegram_message_id: z.int().nullable(),
  /** Telegram could not parse the markup, and got the text as it is. */
  sent_as_plain: z.boolean(),
  presses: z.array(z.object({ at: time, action: z.string(), answered_at: time.nullable() })),
});
export type PushDetail = z.infer<typeof pushDetail>;

/** What is true about a message that may or may not have left. */
export const pushResolution = z.strictObject({ as: z.enum(['sent', 'failed']) });
export type PushResolution = z.infer<typeof pushResolution>;

export const pushChanged = z.object({ id: z.uuid(), status: pushStatus });
export type PushChanged = z.infer<typeof pushChanged>;
