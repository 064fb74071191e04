import { z } from 'zod';
import { fault, INSTRUCTION_STATUSES, telegramId } from '#protocol';
import { plainText } from '../../db/plain-text.ts';
import type { Words } from '../../wording/wording.ts';
import { ACTIONS } from './instructions.ts';
import { pushWriter } from './pushes.ts';
import { telegramIdText } from './telegram-id.ts';
import { tpvName } from './tpvs.ts';

const timestamp = z.iso.datetime({ precision: 3 });
const MAX_MESSAGE_LENGTH = 4_096;
const MOST_AT_ONCE = 500;

export const userFilters = z.strictObject({
  q: plainText(1, 200).optional().describe('Partes del nombre, del alias o del identificador'),
  tpv_id: z.uuid().optional(),
  assigned: z.enum(['true', 'false']).optional(),
  active: z.enum(['true', 'false']).optional(),
  order: z
    .enum(['last_interaction'])
    .optional()
    .describe('Primero, quienes escribieron más tarde; sin él, quienes llegaron más tarde'),
});
export type UserFilters = z.infer<typeof userFilters>;

export const userParams = z.object({
  id: telegramIdText,
});

export const userSummary = z.object({
  telegram_id: telegramId,
  username: z.string().nullable(),
  first_name: z.string(),
  last_name: z.string(),
  language_code: z.string(),
  is_active: z.boolean(),
  tpv: tpvName.nullable(),
  created_at: timestamp,
  last_interaction: timestamp,
});
export type UserSummary = z.infer<typeof userSummary>;
export type UserDetail = UserSummary;

export const userList = z.object({ items: z.array(userSummary), next: z.string().nullable() });

/** It goes on in pages; the person is unknown from the answer on. */
export const userErasure = z.object({ telegram_id: telegramId });
export type UserErasure = z.infer<typeof userErasure>;

export const userEdit = z.strictObject({ is_active: z.boolean() });
export const userAssignment = z.strictObject({ tpv_id: z.uuid() });
export const userAssigned = z.object({ telegram_id: telegramId, tpv_id: z.uuid() });

export const usersAssignment = z.strictObject({
  telegram_ids: z.array(telegramId).min(1).max(MOST_AT_ONCE),
  tpv_id: z.uuid(),
  preview: z.boolean().default(false).describe('Cuenta sin cambiar nada'),
});
export const usersAssigned = z.object({
  count: z.int(),
  skipped: z.array(z.object({ telegram_id: telegramId, reason: z.enum(['not_found', 'tpv_full', 'unchanged']) })),
});
export type UsersAssigned = z.infer<typeof usersAssigned>;

export const userMessage = z.strictObject({
  text: plainText(1, MAX_MESSAGE_LENGTH).refine(
    (text) => text.trim() !== '',
    fault<Words>((say) => say.required),
  ),
});
export const userMessageSent = z.object({
  push_message_id: z.uuid(),
  status: z.enum(['sent', 'pending', 'failed', 'unknown']),
});

/** One thing that happened between a person and the hub, newest first. */
export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('instruction'),
    at: timestamp,
    instruction_id: z.uuid(),
    command: z.string(),
    text: z.string(),
    files: z
      .array(z.object({ file_id: z.string(), kind: z.string(), name: z.string().nullable() }))
      .describe('En «GET /api/admin/instructions/:id/files/:file_id»'),
    status: z.enum(INSTRUCTION_STATUSES),
    tpv: tpvName.nullable(),
    retried_as: z.uuid().nullable(),
    allowed: z.array(z.enum(ACTIONS)),
  }),
  z.object({
    kind: z.literal('report'),
    at: timestamp,
    instruction_id: z.uuid(),
    status: z.enum(INSTRUCTION_STATUSES),
    response: z.unknown().describe('Hasta 4 KiB; una más larga está en su instrucción'),
    error_message: z.string(),
  }),
  z.object({
    kind: z.literal('push'),
    at: timestamp,
    push_id: z.uuid(),
    text: z.string(),
    kind_of_message: z.enum(['text', 'photo', 'document', 'location']),
    file: z
      .object({ kind: z.enum(['photo', 'document']), name: z.string().nullable() })
      .nullable()
      .describe('En «GET /api/admin/pushes/:id/file»; null: no lleva fichero, o el hub no lo tiene'),
    has_markup: z.boolean().describe('El texto lleva el HTML de Telegram'),
    buttons: z.array(
      z.array(z.object({ text: z.string(), url: z.string().nullable(), pressed_at: timestamp.nullable() })),
    ),
    writer: pushWriter,
    operator: z.string().nullable().describe('Quién lo escribió en el panel, si se sabe'),
    status: z.enum(['pending', 'sending', 'sent', 'failed', 'unknown']),
    tpv: tpvName.nullable(),
    error_message: z.string(),
  }),
  z.object({
    kind: z.literal('press'),
    at: timestamp,
    push_id: z.uuid().nullable(),
    instruction_id: z.uuid().nullable(),
    action: z.string(),
  }),
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelinePage = z.object({ items: z.array(timelineEntry), next: z.string().nullable() });
