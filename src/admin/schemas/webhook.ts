import { z } from 'zod';

const time = z.iso.datetime({ precision: 3 });

export const webhookMode = z.enum(['webhook', 'polling']);

export const webhookState = z.object({
  mode: webhookMode,
  /** The URL to which Telegram should deliver; null if none is configured. */
  expected_url: z.string().nullable(),
  /** What Telegram says; null if it could not be asked. */
  info: z
    .object({
      url: z.string(),
      pending_update_count: z.int(),
      last_error_at: time.nullable(),
      last_error_message: z.string().nullable(),
      ip_address: z.string().nullable(),
      allowed_updates: z.array(z.string()),
      max_connections: z.int().nullable(),
    })
    .nullable(),
  /** What is wrong, in sentences; none: nothing is. */
  problems: z.array(z.string()),
});
export type WebhookState = z.infer<typeof webhookState>;

export const webhookChange = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .optional();
export type WebhookChange = z.infer<typeof webhookChange>;

export const webhookSet = z.object({ ok: z.literal(true), url: z.string() });
export type WebhookSet = z.infer<typeof webhookSet>;

export const webhookRemoved = z.object({ ok: z.literal(true) });
