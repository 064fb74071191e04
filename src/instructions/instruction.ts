import type { Selectable } from 'kysely';
import { ERASURE_COMMAND, PRESS_COMMAND, TEST_COMMAND } from '#protocol';
import type { InstructionTable } from '../db/schema.ts';
import { HubError } from '../errors.ts';
import { uuidOf } from '../ids.ts';

export type InstructionRow = Selectable<InstructionTable>;

/**
 * The id as the rows have it; capitals make no difference.
 * @throws HubError `not_found`: not a UUID, so no instruction can have it
 */
export function instructionIdOf(given: string): string {
  const id = uuidOf(given);
  if (id === undefined) throw new HubError('not_found', 'Not an instruction id.');
  return id;
}

/** The holder of an instruction that was fetched over REST; otherwise it is a socket's session id. */
export const POLL_HOLDER = 'poll';

/** What belongs to one TPV for good, whichever TPV attends the person. */
export const TIED_COMMANDS = [PRESS_COMMAND, TEST_COMMAND, ERASURE_COMMAND] as const;

/** The settings of delivery, in milliseconds and counts (docs/reliability.md, "Delivery parameters"). */
export interface DeliverySettings {
  sentLeaseMs: number;
  processingLeaseMs: number;
  instructionTtlMs: number;
  pressTtlMs: number;
  maxAttempts: number;
}
