import { z } from 'zod';
import { CHANGED } from '../../events.ts';

const ids = z.array(z.string()).optional();

/** What kind of row an administrator may be looking at. */
export const CHANGED_KINDS = CHANGED;

/**
 * The `changes` event of `/api/admin/events`: the ids of rows that were created or changed, by kind; kinds in
 * which nothing changed are absent. The other events are `overview` (overview.ts) and `reset` (`{}`: load what you
 * show again).
 */
export const liveChanges = z.object({
  tpv: ids,
  user: ids,
  instruction: ids,
  push: ids,
  update: ids,
  setting: ids,
  account: ids,
  audit: ids,
  /** Kinds of which more changed than the ids that are here. */
  more: z.array(z.enum(CHANGED_KINDS)),
});
export type LiveChanges = z.infer<typeof liveChanges>;
export type ChangedKind = (typeof CHANGED_KINDS)[number];
