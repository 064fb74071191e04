import type { Selectable } from 'kysely';
import type { InstructionStatus, ReportableStatus } from '#protocol';
import type { InstructionTable } from '../db/schema.ts';
import { HubError } from '../errors.ts';

export type InstructionRow = Selectable<InstructionTable>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id as the rows have it; capitals make no difference.
 * @throws HubError `not_found`: what is no UUID is nobody's instruction
 */
export function instructionIdOf(given: string): string {
  const id = given.toLowerCase();
  if (!UUID.test(id)) throw new HubError('not_found', 'Not an instruction id.');
  return id;
}

/** States in which an instruction still belongs to its TPV. */
export const OPEN_STATUSES = ['pending', 'sent', 'delivered', 'processing'] as const;
/** States in which somebody has it. */
export const HELD_STATUSES = ['sent', 'delivered', 'processing'] as const;
export const FINAL_STATUSES = ['completed', 'failed'] as const;

interface Move {
  from: readonly InstructionStatus[];
  to: InstructionStatus;
}

/**
 * Every way in which an instruction changes its state (docs/rest.md, "Lifecycle of an instruction"). The
 * conditions of the statements in instruction-store.ts are read from here.
 */
export const MOVES = {
  /** To a poller or a socket. */
  hand_out: { from: ['pending'], to: 'sent' },
  /** Its lease lapsed, its socket closed, or it changes its TPV. */
  release: { from: HELD_STATUSES, to: 'pending' },
  /** Its time or its attempts are used up. */
  give_up: { from: OPEN_STATUSES, to: 'failed' },
  /** An administrator ends it. */
  cancel: { from: OPEN_STATUSES, to: 'failed' },
  // What a TPV reports. A report may arrive after the lease lapsed: `pending` is no obstacle, being final is.
  report_delivered: { from: ['pending', 'sent'], to: 'delivered' },
  report_processing: { from: ['pending', 'sent', 'delivered'], to: 'processing' },
  report_completed: { from: OPEN_STATUSES, to: 'completed' },
  report_failed: { from: OPEN_STATUSES, to: 'failed' },
} as const satisfies Record<string, Move>;

/** The states from which a TPV may report `status`. */
export function reportableFrom(status: ReportableStatus): readonly InstructionStatus[] {
  return MOVES[`report_${status}`].from;
}

export function isFinal(status: InstructionStatus): boolean {
  return status === 'completed' || status === 'failed';
}

/** Who has an instruction that was fetched over REST; a socket's session id otherwise. */
export const POLL_HOLDER = 'poll';

/** Why the hub ended an instruction, as its `error_message` says it (docs/rest.md). */
export const NO_ANSWER = 'sin respuesta del TPV';
export const EXPIRED = 'expirada';
export const CANCELLED = 'cancelada';

/** What a press becomes; it belongs to the TPV of its button, whoever attends the person by then. */
export const PRESS_COMMAND = 'process_callback';

/** Asks a TPV for a sign of life, for an administrator who waits; no person wrote it, and nobody is told how it ends. */
export const TEST_COMMAND = 'hub_test';
/** What belongs to one TPV for good, whoever attends the person. */
export const TIED_COMMANDS = [PRESS_COMMAND, TEST_COMMAND] as const;
/** Telegram gives nobody this id. */
export const NOBODY = 0;

/** Priorities: 1 goes first, but for the hub's own. */
export const TEST_PRIORITY = 0;
export const PRESS_PRIORITY = 1;
export const MESSAGE_PRIORITY = 5;

/** The settings of delivery, in milliseconds and counts (docs/reliability.md, "Delivery parameters"). */
export interface DeliverySettings {
  sentLeaseMs: number;
  processingLeaseMs: number;
  instructionTtlMs: number;
  pressTtlMs: number;
  maxAttempts: number;
}
