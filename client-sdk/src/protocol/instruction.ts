import { z } from 'zod';
import { INSTRUCTION_STATUSES } from './lifecycle.ts';

/** A point in time: ISO 8601, UTC, milliseconds (`2025-11-09T10:30:00.000Z`). */
const timestamp = z.iso.datetime({ precision: 3 });

/** A Telegram id: an integer up to 2^53. */
export const telegramId = z.int();

/** An instruction as REST and the socket carry it; unknown fields are kept, a newer hub may add some. */
export const instructionSchema = z.looseObject({
  id: z.uuid(),
  command: z.string().min(1),
  payload: z.record(z.string(), z.unknown()),
  status: z.enum(INSTRUCTION_STATUSES),
  priority: z.int(),
  telegram_user_id: telegramId,
  telegram_username: z.string().nullable(),
  created_at: timestamp,
  sent_at: timestamp.nullable(),
  delivered_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  expires_at: timestamp,
  response: z.unknown(),
  error_message: z.string(),
  retry_count: z.int().min(0),
});
/** An instruction as REST and the socket carry it. */
export type Instruction = z.infer<typeof instructionSchema>;
