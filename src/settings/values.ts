import { z } from 'zod';
import { fault, type IfUnknown, ifUnknownSchema } from '#protocol';
import type { Config } from '../config/config.ts';
import type { Words } from '../wording/wording.ts';

/** What an administrator may change while the hub runs, over what the environment says. */
export interface SettingValues {
  routing_strategy: Config['ROUTING_STRATEGY'];
  retention_days: number;
  /** What becomes of a TPV's message that may have arrived, where the TPV does not say. */
  push_if_unknown: IfUnknown;
  /** Added to those of the environment. */
  cors_allowed_origins: readonly string[];
  callback_allowed_origins: readonly string[];
}

export type SettingKey = keyof SettingValues;

/** An origin as a browser says it: scheme, host and port, and nothing behind them. */
export const origin = z
  .string()
  .max(300)
  .refine(
    (text) => isOrigin(text),
    fault<Words>((say) => say.anOrigin),
  );
const origins = z
  .array(origin)
  .max(100)
  .transform((given) => [...new Set(given)]);

export const SETTING_SCHEMAS = {
  routing_strategy: z.enum(['least_users', 'round_robin', 'specific']),
  retention_days: z.int().min(1).max(3_650),
  push_if_unknown: ifUnknownSchema,
  cors_allowed_origins: origins,
  callback_allowed_origins: origins,
} as const satisfies Record<SettingKey, z.ZodType>;

export const SETTING_KEYS = Object.keys(SETTING_SCHEMAS) as SettingKey[];

/** The key of a text's row begins with it. */
export const TEXT_PREFIX = 'text.';

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.origin === text;
}
