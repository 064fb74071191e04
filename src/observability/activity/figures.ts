import { z } from 'zod';
import { COUNTED } from './activity-counts.ts';

const count = z.int().min(0);

/** What happened at one hub lately, as it tells the others. */
export const figures = z.object({
  /** In the last 60 s. */
  lastMinute: z.record(z.enum(COUNTED), count),
  /** Messages to persons that were sent in the last seconds. */
  latePushes: count,
  /** How many deliveries of the last minutes took so long: pairs of a bucket (latencies.ts) and a number. */
  latencies: z.array(z.tuple([count, count])).max(1_000),
  /** Nothing goes to Telegram before, in milliseconds. */
  pausedUntil: z.number().nullable(),
});
export type Figures = z.infer<typeof figures>;
