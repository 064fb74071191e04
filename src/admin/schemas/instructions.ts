import { z } from 'zod';
import { INSTRUCTION_STATUSES, type InstructionStatus, REPORTABLE_STATUSES, telegramId } from '#protocol';
import { plainText } from '../../db/plain-text.ts';
import { pushKind, pushMarkup, pushStatus } from './pushes.ts';
import { telegramIdText } from './telegram-id.ts';
import { tpvName } from './tpvs.ts';

const timestamp = z.iso.datetime({ precision: 3 });
const MOST_AT_ONCE = 1_000;

export type { InstructionStatus };

export const instructionFilters = z.strictObject({
  status: z.enum(INSTRUCTION_STATUSES).optional(),
  tpv_id: z.uuid().optional(),
  telegram_user_id: telegramIdText.optional(),
  command: plainText(1, 100).optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Desde este momento, incluido'),
  to: z.iso.datetime({ offset: true }).optional().describe('Hasta este momento, excluido'),
  text: plainText(1, 200).optional().describe('Texto que contiene el mensaje, o su identificador entero'),
  order: z.enum(['oldest']).optional().describe('Las más antiguas primero; sin él, las más nuevas'),
});
export type InstructionFilters = z.infer<typeof instructionFilters>;

/** What an administrator may do with an instruction. */
export const ACTIONS = ['retry', 'cancel', 'reassign'] as const;
export type InstructionAction = (typeof ACTIONS)[number];

export const adminInstructionParams = z.object({ id: z.string().max(64) });

export const instructionSummary = z.object({
  id: z.uuid(),
  command: z.string(),
  excerpt: z.string(),
  status: z.enum(INSTRUCTION_STATUSES),
  priority: z.int(),
  tpv: tpvName.nullable(),
  user: z.object({ telegram_id: telegramId, name: z.string(), username: z.string().nullable() }),
  created_at: timestamp,
  sent_at: timestamp.nullable(),
  delivered_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  expires_at: timestamp,
  retry_count: z.int(),
  error_message: z.string(),
  retry_of: z.uuid().nullable().describe('La que un administrador envió otra vez como esta'),
  retried_as: z.uuid().nullable().describe('Como cuál la envió otra vez un administrador'),
  allowed: z.array(z.enum(ACTIONS)),
});
export type InstructionSummary = z.infer<typeof instructionSummary>;

export const instructionList = z.object({ items: z.array(instructionSummary), next: z.string().nullable() });

/** `written`: the person sent it; `received`: the hub got the update; `stored`: it became an instruction. */
export const STEPS = ['written', 'received', 'stored', 'handed_out', 'delivered', 'completed', 'failed'] as const;
export type InstructionStep = (typeof STEPS)[number];

/** Why an instruction waits; the panel has a sentence for each. */
export const WAIT_CODES = [
  'unassigned',
  'tpv_inactive',
  'tpv_offline',
  'tpv_not_polling',
  'earlier_one_in_flight',
  'window_full',
  'handed_out',
  'being_worked_on',
  'retry_at',
] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

export const waits = z.object({
  code: z.enum(WAIT_CODES),
  since: timestamp.nullable(),
  until: timestamp.nullable().describe('Cuándo cambiará por sí mismo, si no pasa nada antes'),
  /** The one that goes first. */
  instruction_id: z.uuid().nullable(),
  attempt: z.int().nullable(),
  max_attempts: z.int().nullable(),
  in_flight: z.int().nullable(),
  max_in_flight: z.int().nullable(),
});
export type Waits = z.infer<typeof waits>;

export const instructionDetail = instructionSummary.extend({
  is_test: z.boolean().describe('Un pedido de prueba: nadie recibe lo que el TPV contesta'),
  payload: z.record(z.string(), z.unknown()),
  response: z.unknown(),
  replies: z
    .array(
      z.object({
        push_id: z.uuid(),
        reported: z
          .enum(REPORTABLE_STATUSES)
          .nullable()
          .describe('Nulo: el TPV lo envió aparte, durante un pedido de prueba'),
        kind: pushKind,
        text: z.string(),
        ...pushMarkup.shape,
        has_markup: z.boolean(),
        status: pushStatus,
        error_message: z.string(),
      }),
    )
    .describe('Los mensajes que la persona recibe con los informes del TPV'),
  holder: z.enum(['socket', 'poll']).nullable(),
  steps: z.array(z.object({ step: z.enum(STEPS), at: timestamp, after_ms: z.int().nullable() })),
  waits: waits.nullable(),
});
export type InstructionDetail = z.infer<typeof instructionDetail>;

export const retriedInstruction = z.object({ instruction_id: z.uuid() });
export const changedInstruction = z.object({ id: z.uuid(), status: z.enum(INSTRUCTION_STATUSES) });
export const instructionReassignment = z.strictObject({ tpv_id: z.uuid() });

export const bulkChange = z.strictObject({
  action: z.enum(ACTIONS),
  ids: z.array(z.uuid()).min(1).max(MOST_AT_ONCE),
  tpv_id: z.uuid().optional().describe('Solo para «reassign»'),
  preview: z.boolean().default(false).describe('Cuenta sin cambiar nada'),
});
export const SKIP_REASONS = [
  'not_found',
  'too_old',
  'completed',
  'retried',
  'final',
  'not_final',
  'press',
  'tpv_unavailable',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
export const bulkOutcome = z.object({
  count: z.int(),
  by_status: z.partialRecord(z.enum(INSTRUCTION_STATUSES), z.int()).describe('«count» según el estado en que estaban'),
  skipped: z.array(z.object({ id: z.string(), reason: z.enum(SKIP_REASONS) })),
});
export type BulkOutcome = z.infer<typeof bulkOutcome>;
