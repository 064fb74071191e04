import { z } from 'zod';
import { ifUnknownSchema } from '#protocol';
import { textLanguage } from './texts.ts';

export const routingStrategy = z.enum(['least_users', 'round_robin', 'specific']);

const origins = z.object({
  /** Those added here. */
  value: z.array(z.string()),
  /** Those of the environment; they can't be removed here. */
  fixed: z.array(z.string()),
});

export const settings = z.object({
  routing_strategy: z.object({ value: routingStrategy, default: routingStrategy }),
  retention_days: z.object({ value: z.int(), default: z.int() }),
  /** What becomes of a TPV's message that may have arrived, where the TPV does not say. */
  push_if_unknown: z.object({ value: ifUnknownSchema, default: ifUnknownSchema }),
  cors_allowed_origins: origins,
  callback_allowed_origins: origins,
});
export type Settings = z.infer<typeof settings>;

const addedOrigins = z.array(z.string().max(300)).max(100);

/** Null: back to the default. What is absent stays. */
export const settingsChange = z.strictObject({
  routing_strategy: routingStrategy.nullable().optional(),
  retention_days: z.int().min(1).max(3_650).nullable().optional(),
  push_if_unknown: ifUnknownSchema.nullable().optional(),
  cors_allowed_origins: addedOrigins.optional(),
  callback_allowed_origins: addedOrigins.optional(),
  texts: z.record(z.string().max(100), z.string().max(20_000).nullable()).optional(),
  /** In which `texts` are worded. */
  language: textLanguage,
});
export type SettingsChange = z.input<typeof settingsChange>;
