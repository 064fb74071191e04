import { z } from 'zod';
import { plainText } from '../../db/plain-text.ts';
import { MOST_TEST_TEXT } from '../../instructions/test-order.ts';
import { DEFAULT_MAX_USERS, MOST_TPV_NAME_LENGTH } from '../../tpvs/tpv.ts';
import { tpvService, tpvServiceNow } from './service.ts';

const timestamp = z.iso.datetime({ precision: 3 });
const LARGEST_INTEGER = 2_147_483_647;

/** `awaiting`: no administrator has approved it yet. */
export const TPV_STATES = ['awaiting', 'active', 'inactive'] as const;
export type TpvState = (typeof TPV_STATES)[number];

/** How a TPV fetches its instructions. */
export const TRANSPORTS = ['socket', 'poll'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export const tpvFilters = z.strictObject({
  q: plainText(1, MOST_TPV_NAME_LENGTH).optional().describe('Parte del nombre, de la dirección o del identificador'),
  state: z.enum(TPV_STATES).optional(),
  online: z.enum(['true', 'false']).optional(),
});
export type TpvFilters = z.infer<typeof tpvFilters>;

export const tpvParams = z.object({ id: z.string().max(64) });

/** A TPV as other rows name it. */
export const tpvName = z.object({ id: z.uuid(), name: z.string() });
export type TpvName = z.infer<typeof tpvName>;

export const tpvSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  endpoint_url: z.string(),
  state: z.enum(TPV_STATES),
  is_online: z.boolean(),
  transport: z.enum(TRANSPORTS).nullable().describe('Cómo recoge sus instrucciones, o las recogía'),
  presence_since: timestamp.nullable().describe('Desde cuándo está en línea, o sin conexión'),
  max_users: z.int(),
  user_count: z.int(),
  backlog: z.int().describe('Instrucciones que esperan a ser entregadas'),
  last_heartbeat: timestamp.nullable(),
  version: z.string(),
  created_at: timestamp,
  join_code: z.string(),
  service: tpvServiceNow,
});
export type TpvSummary = z.infer<typeof tpvSummary>;

export const tpvList = z.object({ items: z.array(tpvSummary), next: z.string().nullable() });

export const tpvDetail = tpvSummary.extend({
  metadata: z.record(z.string(), z.unknown()),
  approved_at: timestamp.nullable(),
  keys: z.array(
    z.object({
      id: z.uuid(),
      prefix: z.string(),
      created_at: timestamp,
      valid_until: timestamp.nullable(),
      last_used_at: timestamp.nullable(),
    }),
  ),
  connection: z
    .object({ since: timestamp, address: z.string(), in_flight: z.int(), max_in_flight: z.int() })
    .nullable()
    .describe('Su conexión WebSocket con este proceso'),
  other_hub: z
    .object({ name: z.string(), since: timestamp })
    .nullable()
    .describe('El hub con el que tiene abierto su WebSocket, si no es el que responde'),
  counts: z.object({
    pending: z.int(),
    sent: z.int(),
    delivered: z.int(),
    processing: z.int(),
    completed: z.int(),
    failed: z.int(),
  }),
  join_url: z.string().nullable(),
  service: tpvService,
});
export type TpvDetail = z.infer<typeof tpvDetail>;

const endpointUrl = z.url({ protocol: /^https?$/ }).max(2_000);
const maxUsers = z.int().min(1).max(LARGEST_INTEGER);

export const newTpv = z.strictObject({
  name: plainText(1, MOST_TPV_NAME_LENGTH),
  endpoint_url: endpointUrl,
  max_users: maxUsers.default(DEFAULT_MAX_USERS),
});
export const createdTpv = z.object({
  id: z.uuid(),
  api_key: z.string().describe('Se muestra solo esta vez'),
  signing_secret: z.string().describe('Con él comprueba el TPV la firma de las llamadas; se muestra solo esta vez'),
});

export const tpvEdit = z.strictObject({
  name: plainText(1, MOST_TPV_NAME_LENGTH).optional(),
  endpoint_url: endpointUrl.optional(),
  max_users: maxUsers.optional(),
});
export type TpvEdit = z.infer<typeof tpvEdit>;

/** What becomes of the users of a TPV that is deactivated. */
export const deactivation = z
  .strictObject({ users: z.enum(['keep', 'reassign']).default('keep') })
  .default({ users: 'keep' });

export const tpvActivity = z.object({ id: z.uuid(), is_active: z.boolean() });
export const deletedTpv = z.object({ id: z.uuid(), deleted: z.literal(true) });
export const revokedKeys = z.object({ id: z.uuid(), revoked: z.literal(true) });
export const rotatedTpvKey = z.object({
  api_key: z.string().describe('Se muestra solo esta vez'),
  previous_valid_until: timestamp,
});
export type RotatedTpvKey = z.infer<typeof rotatedTpvKey>;

export const rotatedTpvSecret = z.object({
  signing_secret: z.string().describe('Se muestra solo esta vez'),
  previous_valid_until: timestamp,
});
export type RotatedTpvSecret = z.infer<typeof rotatedTpvSecret>;

export const newJoinCode = z.object({ join_code: z.string(), join_url: z.string().nullable() });

/** What a person might write. */
export const newTestOrder = z.strictObject({ text: plainText(1, MOST_TEST_TEXT) });
export const sentTestOrder = z.object({
  instruction_id: z.uuid().describe('Lo que pasa con él está en GET /api/admin/instructions/:id'),
  expires_at: timestamp.describe('Hasta cuándo puede contestar el TPV'),
});
export type SentTestOrder = z.infer<typeof sentTestOrder>;

/** How a test instruction went; times are the round trip from the commit to the TPV's report. */
export const tpvTest = z.object({
  instruction_id: z.uuid(),
  outcome: z.enum(['answered', 'no_answer', 'offline']),
  acknowledged_ms: z.number().nullable(),
  completed_ms: z.number().nullable(),
});
export type TpvTest = z.infer<typeof tpvTest>;
