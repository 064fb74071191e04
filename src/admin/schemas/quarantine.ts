import { z } from 'zod';
import { matching } from '#protocol';
import type { Words } from '../../wording/wording.ts';

const time = z.iso.datetime({ precision: 3 });

/** `kept`: understood, and nothing to do with it; `quarantined`: not understood. */
export const quarantineOutcome = z.enum(['quarantined', 'kept']);

export const quarantineFilters = z.strictObject({ outcome: quarantineOutcome.optional() });
export type QuarantineFilters = z.infer<typeof quarantineFilters>;

export const quarantineParams = z.object({
  seq: matching<Words>(/^\d{1,15}$/, (say) => say.aNumber).transform(Number),
});

/** Which updates to discard, by `seq`. */
export const quarantineDiscard = z.strictObject({ seqs: z.array(z.int().min(1)).min(1).max(200) });

/** How many of them there still were. */
export const quarantineDiscarded = z.object({ count: z.int() });
export type QuarantineDiscarded = z.infer<typeof quarantineDiscarded>;

export const quarantinedUpdate = z.object({
  /** Names it. */
  seq: z.int(),
  update_id: z.int().nullable(),
  kind: z.string(),
  outcome: quarantineOutcome,
  reason: z.string(),
  received_at: time,
  /** The beginning of what came. */
  excerpt: z.string(),
});
export type QuarantinedUpdate = z.infer<typeof quarantinedUpdate>;

export const quarantineList = z.object({ items: z.array(quarantinedUpdate), next: z.string().nullable() });

export const quarantinedDetail = quarantinedUpdate.extend({
  /** What came, as text; bytes that are none are shown as `�`. */
  raw: z.string(),
});
export type QuarantinedDetail = z.infer<typeof quarantinedDetail>;

/** What the update became when it was tried again; a reason if it stays. */
export const quarantineRetried = z.object({
  outcome: z.enum(['instruction', 'answered', 'duplicate', 'kept', 'quarantined']),
  reason: z.string().nullable(),
});
export type QuarantineRetried = z.infer<typeof quarantineRetried>;
