import { z } from 'zod';

/** What a TPV says of itself to be registered. */
export interface TpvRegistration {
  name: string;
  /** Where the TPV itself is reached (http or https). */
  endpoint_url: string;
  /** The most people that the hub assigns to it. Default 100. */
  max_users?: number;
  version?: string;
  metadata?: Record<string, unknown>;
}

export const registeredTpvSchema = z.looseObject({
  id: z.uuid(),
  name: z.string(),
  api_key: z.string().min(1),
  message: z.string(),
  is_active: z.boolean(),
});
/** A new TPV. Its `api_key` is shown this once; where `is_active` is false, an administrator has to activate it. */
export type RegisteredTpv = z.infer<typeof registeredTpvSchema>;

const timestamp = z.iso.datetime({ precision: 3 });

export const tpvInfoSchema = z.looseObject({
  id: z.uuid(),
  name: z.string(),
  endpoint_url: z.string(),
  is_active: z.boolean(),
  max_users: z.int(),
  version: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: timestamp,
  last_heartbeat: timestamp.nullable(),
  user_count: z.int(),
  is_online: z.boolean(),
});
export type TpvInfo = z.infer<typeof tpvInfoSchema>;

const count = z.int().min(0);

export const tpvStatsSchema = z.looseObject({
  tpv_id: z.uuid(),
  tpv_name: z.string(),
  is_online: z.boolean(),
  last_heartbeat: timestamp.nullable(),
  // Not `count`: an administrator may lower `max_users` below the users there are.
  users: z.looseObject({ total: count, max: z.int(), available_slots: z.int() }),
  instructions: z.looseObject({
    pending: count,
    sent: count,
    delivered: count,
    processing: count,
    completed: count,
    failed: count,
    total: count,
  }),
  push_messages: z.looseObject({ pending: count, sent: count, failed: count, unknown: count, total: count }),
});
export type TpvStats = z.infer<typeof tpvStatsSchema>;
