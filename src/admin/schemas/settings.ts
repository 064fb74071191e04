import { z } from 'zod';

export const routingStrategy = z.enum(['least_users', 'round_robin', 'specific']);

export const ifUnknown = z.enum(['hold', 'resend']);

const origins = z.object({
  /** Those added here. */
  value: z.array(z.string()),
  /** Those of the environment; they can't be removed here. */
  fixed: z.array(z.string()),
});

/** The place of a sentence: a message, the answer to a press (plain, at most 200 characters), or a button's label. */
export const textPlace = z.enum(['message', 'press', 'button', 'note']);

export const settingText = z.object({
  key: z.string(),
  value: z.string(),
  default: z.string(),
  /** Names that the sentence may carry, such as `nombre` for `{nombre}`. */
  placeholders: z.array(z.string()),
  where: textPlace,
  /** Whether it may be emptied: then nothing is sent. */
  may_silence: z.boolean(),
});
export type SettingText = z.infer<typeof settingText>;

export const settings = z.object({
  routing_strategy: z.object({ value: routingStrategy, default: routingStrategy }),
  retention_days: z.object({ value: z.int(), default: z.int() }),
  /** What becomes of a TPV's message that may have arrived, where the TPV does not say. */
  push_if_unknown: z.object({ value: ifUnknown, default: ifUnknown }),
  cors_allowed_origins: origins,
  callback_allowed_origins: origins,
  texts: z.array(settingText),
});
export type Settings = z.infer<typeof settings>;

const addedOrigins = z.array(z.string().max(300)).max(100);

/** Null: back to the default. What is absent stays. */
export const settingsChange = z.strictObject({
  routing_strategy: routingStrategy.nullable().optional(),
  retention_days: z.int().min(1).max(3_650).nullable().optional(),
  push_if_unknown: ifUnknown.nullable().optional(),
  cors_allowed_origins: addedOrigins.optional(),
  callback_allowed_origins: addedOrigins.optional(),
  texts: z.record(z.string().max(100), z.string().max(20_000).nullable()).optional(),
});
export type SettingsChange = z.infer<typeof settingsChange>;

export const textPreviewRequest = z.strictObject({ key: z.string().max(100), value: z.string().max(20_000) });
export type TextPreviewRequest = z.infer<typeof textPreviewRequest>;

export const textPreview = z.object({
  /** As a person sees it, with made-up values: safe markup of Telegram's kind, or escaped text. */
  html: z.string(),
  /** Why it can't be saved, in sentences; none: it can. */
  problems: z.array(z.string()),
});
export type TextPreview = z.infer<typeof textPreview>;
