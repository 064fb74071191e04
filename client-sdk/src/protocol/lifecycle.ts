/**
 * The lifecycle of an instruction: its states, the moves between them, and the times that go with them. Server, client
 * and fake hub go by this one table. Plain data: nothing here needs zod.
 */

/** The states of an instruction, in the order in which it moves through them. */
export const INSTRUCTION_STATUSES = ['pending', 'sent', 'delivered', 'processing', 'completed', 'failed'] as const;
/** A state of an instruction. */
export type InstructionStatus = (typeof INSTRUCTION_STATUSES)[number];

/** The states that a TPV may report. */
export const REPORTABLE_STATUSES = ['delivered', 'processing', 'completed', 'failed'] as const;
/** A state that a TPV may report. */
export type ReportableStatus = (typeof REPORTABLE_STATUSES)[number];

/** States in which an instruction still belongs to its TPV. */
export const OPEN_STATUSES = ['pending', 'sent', 'delivered', 'processing'] as const;
/** States in which a socket or a poller has it. */
export const HELD_STATUSES = ['sent', 'delivered', 'processing'] as const;
/** States that it never leaves. */
export const FINAL_STATUSES = ['completed', 'failed'] as const;

interface Move {
  from: readonly InstructionStatus[];
  to: InstructionStatus;
}

/** Every way in which an instruction changes its state. */
export const MOVES = {
  /** To a poller or a socket. */
  hand_out: { from: ['pending'], to: 'sent' },
  /** Its lease lapsed, its socket closed, or it changes its TPV. */
  release: { from: HELD_STATUSES, to: 'pending' },
  /** Its time or its attempts are used up. */
  give_up: { from: OPEN_STATUSES, to: 'failed' },
  /** An administrator ends it, or the person before its TPV reported. */
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

/** Whether an instruction in this state has ended. */
export function isFinal(status: InstructionStatus): boolean {
  return status === 'completed' || status === 'failed';
}

/** Why the hub failed an instruction, as its `error_message` says it: every attempt was used up without a report. */
export const NO_ANSWER = 'sin respuesta del TPV';
/** Why the hub failed an instruction, as its `error_message` says it: its time was up. */
export const EXPIRED = 'expirada';
/** Why the hub failed an instruction, as its `error_message` says it: an administrator ended it. */
export const CANCELLED = 'cancelada';
/** Why the hub failed an instruction, as its `error_message` says it: the person no longer wants it. */
export const CANCELLED_BY_PERSON = 'cancelada por la persona';

/** What a press becomes; it belongs to the TPV of its button, whichever TPV attends the person by then. */
export const PRESS_COMMAND = 'process_callback';
/** Asks a TPV for a sign of life, for an administrator who waits. No person wrote it, and no person hears how it ends. */
export const TEST_COMMAND = 'hub_test';

/** Tells a TPV to erase what it holds of a person, who asked for it; the hub has erased its part. No person hears how it ends. */
export const ERASURE_COMMAND = 'process_erasure';

/** The priority of `hub_test`: it goes before everything else. */
export const TEST_PRIORITY = 0;
/** The priority of a press: it goes before messages. */
export const PRESS_PRIORITY = 1;
/** The priority of a message. */
export const MESSAGE_PRIORITY = 5;

/** How a hub delivers unless its environment says otherwise; in milliseconds and counts. */
export const DEFAULT_DELIVERY = {
  /** How long a poller has an instruction that it has not reported on. */
  sentLeaseMs: 60_000,
  /** How long a report of `delivered` or `processing` keeps an instruction. */
  processingLeaseMs: 300_000,
  /** How long an instruction lives. */
  instructionTtlMs: 86_400_000,
  /** How long a press lives. */
  pressTtlMs: 150_000,
  maxAttempts: 5,
} as const;

/** How long a socket's TPV may say nothing about an instruction, in milliseconds. */
export const FIRST_REPORT_MS = 30_000;
/** Waits between one attempt and the next on the same socket, after `FIRST_REPORT_MS`. */
const AGAIN_AFTER_MS = [10_000, 20_000, 40_000, 80_000];

/**
 * When a silent socket gets the instruction again, in milliseconds from its last attempt: 40 s after the first, then
 * 20, 40 and 80 s; after the last attempt it has `FIRST_REPORT_MS` more.
 * @param attempt 1 for the first
 */
export function silenceAllowedMs(attempt: number, maxAttempts: number): number {
  if (attempt >= maxAttempts) return FIRST_REPORT_MS;
  const wait = AGAIN_AFTER_MS[Math.min(attempt, AGAIN_AFTER_MS.length) - 1] ?? 0;
  return attempt === 1 ? FIRST_REPORT_MS + wait : wait;
}
