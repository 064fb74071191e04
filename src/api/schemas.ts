import { z } from 'zod';
import { fault, INSTRUCTION_STATUSES, instructionSchema, matching, reportFields, serviceNowSchema } from '#protocol';
import { plainText } from '../db/plain-text.ts';
import { DEFAULT_MAX_USERS, MOST_TPV_NAME_LENGTH } from '../tpvs/tpv.ts';
import type { Words } from '../wording/wording.ts';

/** What a route that asks for a TPV's key says of it in the OpenAPI document. */
export const TPV_SECURITY = [{ ApiKey: [] }];

/** `?limit=10`: query strings are text, so here, and only here, text becomes a number. */
function wholeQuery(least: number, most: number) {
  return matching(/^\d{1,16}$/, (say: Words) => say.wholeNumber)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
}

const timestamp = z.iso.datetime({ precision: 3 });
/** Bytes of JSON (S29). */
const MAX_METADATA_BYTES = 4_096;
const LARGEST_INTEGER = 2_147_483_647;

export const registerBody = z.strictObject({
  name: plainText(1, MOST_TPV_NAME_LENGTH),
  endpoint_url: z.url({ protocol: /^https?$/ }).max(2_000),
  max_users: z.int().min(1).max(LARGEST_INTEGER).default(DEFAULT_MAX_USERS),
  version: plainText(0, 50).default(''),
  metadata: z
    .record(z.string(), z.unknown())
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METADATA_BYTES,
      fault((say: Words) => say.upToJsonKib(MAX_METADATA_BYTES / 1024)),
    )
    .default({}),
});

export const registered = z.object({
  id: z.uuid(),
  name: z.string(),
  api_key: z.string(),
  signing_secret: z.string(),
  message: z.string(),
  is_active: z.boolean(),
});

export const tpvInfo = z.object({
  id: z.uuid(),
  name: z.string(),
  endpoint_url: z.string(),
  is_active: z.boolean(),
  max_users: z.int(),
  version: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: timestamp,
  last_heartbeat: timestamp.nullable(),
  user_count: z.int(),
  is_online: z.boolean(),
  service: serviceNowSchema,
});

/** Older TPVs put other things beside `version`; they are ignored. */
export const heartbeatBody = z.object({ version: plainText(0, 50).optional() }).optional();
export const heartbeatAnswer = z.object({ status: z.literal('ok'), timestamp });

export const instructionsQuery = z.strictObject({
  status: z.enum(INSTRUCTION_STATUSES).default('pending'),
  limit: wholeQuery(1, 100).default(10),
  wait: wholeQuery(0, 30).default(0),
});
export const instructionsAnswer = z.object({ count: z.int(), instructions: z.array(instructionSchema) });

export const instructionParams = z.object({ id: z.string().max(100) });
export const reportBody = z.strictObject(reportFields);
export const reportAnswer = z.object({
  status: z.literal('ok'),
  instruction_id: z.uuid(),
  new_status: z.enum(INSTRUCTION_STATUSES),
  push_message_id: z.uuid().optional(),
});

export const usersQuery = z.strictObject({
  is_active: z
    .enum(['true', 'false', 'True', 'False', '1', '0'])
    .transform((value) => /^(true|1)$/i.test(value))
    .optional(),
  limit: wholeQuery(1, 1_000).default(DEFAULT_MAX_USERS),
  after: wholeQuery(0, Number.MAX_SAFE_INTEGER).default(0),
});
export const usersAnswer = z.object({
  count: z.int(),
  users: z.array(
    z.object({
      telegram_id: z.int(),
      username: z.string().nullable(),
      first_name: z.string(),
      last_name: z.string(),
      is_active: z.boolean(),
      language_code: z.string(),
      created_at: timestamp,
      last_interaction: timestamp,
    }),
  ),
  next: z.int().nullable(),
});

export const statsAnswer = z.object({
  tpv_id: z.uuid(),
  tpv_name: z.string(),
  is_online: z.boolean(),
  last_heartbeat: timestamp.nullable(),
  users: z.object({ total: z.int(), max: z.int(), available_slots: z.int() }),
  instructions: z.object({
    pending: z.int(),
    sent: z.int(),
    delivered: z.int(),
    processing: z.int(),
    completed: z.int(),
    failed: z.int(),
    total: z.int(),
  }),
  push_messages: z.object({ pending: z.int(), sent: z.int(), failed: z.int(), unknown: z.int(), total: z.int() }),
  service: serviceNowSchema,
});

export const rotatedSecret = z.object({ signing_secret: z.string(), previous_valid_until: timestamp });
export const rotatedKey = z.object({ api_key: z.string(), previous_valid_until: timestamp });
