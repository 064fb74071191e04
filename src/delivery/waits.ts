import { isFinal } from '#protocol';
import { type InstructionRow, POLL_HOLDER } from '../instructions/instruction.ts';

/** Why an instruction waits, in one word; the panel has a sentence for each. */
export type WaitCode =
  /** No TPV could be found for the person. */
  | 'unassigned'
  | 'tpv_inactive'
  | 'tpv_offline'
  /** The TPV is there, has no socket, and does not ask for its instructions at this moment. */
  | 'tpv_not_polling'
  /** The TPV works on another one of the same person first. */
  | 'earlier_one_in_flight'
  /** As many as the TPV takes at once are out, or it does not read its socket. */
  | 'window_full'
  | 'handed_out'
  | 'being_worked_on'
  /** It was handed out before, without an answer, and will be again. */
  | 'retry_at';

export interface Wait {
  code: WaitCode;
  /** Milliseconds since the epoch. */
  since: number | null;
  /** When it changes by itself, if nothing happens before. */
  until: number | null;
  /** The one that goes first. */
  instructionId: string | null;
  /** Which attempt is under way, from 1. */
  attempt: number | null;
  maxAttempts: number | null;
  inFlight: number | null;
  maxInFlight: number | null;
}

/** How a TPV takes its instructions, as far as this process knows. */
export interface Intake {
  socket: { inFlight: number; maxInFlight: number; congested: boolean } | undefined;
  /** Another hub has its socket, and knows more. */
  isElsewhere?: boolean;
  /** When it last asked over REST. */
  polledAt: number | undefined;
  /** Whether a long poll of it waits right now. */
  polling: boolean;
  /** When the socket gets this instruction again, if it says nothing until then. */
  againAt: number | undefined;
}

/** What is known around an instruction. */
export interface WaitFacts {
  /** Undefined: it was deleted. */
  tpv: { isActive: boolean; isOnline: boolean; since: number | null } | undefined;
  intake: Intake;
  /** An earlier instruction of the same person that the same TPV has. */
  earlier: string | undefined;
  maxAttempts: number;
}

const NOTHING_KNOWN = {
  since: null,
  until: null,
  instructionId: null,
  attempt: null,
  maxAttempts: null,
  inFlight: null,
  maxInFlight: null,
} as const satisfies Omit<Wait, 'code'>;

type WaitingRow = Pick<
  InstructionRow,
  'status' | 'tpv_id' | 'holder' | 'created_at' | 'sent_at' | 'delivered_at' | 'expires_at' | 'due_at' | 'retry_count'
>;

/** Why an instruction is not final yet; undefined if it is, or if it goes out at this very moment. */
export function waitOf(row: WaitingRow, facts: WaitFacts): Wait | undefined {
  if (isFinal(row.status)) return undefined;
  return row.status === 'pending' ? whyPending(row, facts) : whyHeld(row, facts);
}

function whyPending(row: WaitingRow, { tpv, intake }: WaitFacts): Wait | undefined {
  const until = row.expires_at;
  if (row.tpv_id === null) return { ...NOTHING_KNOWN, code: 'unassigned', since: row.created_at, until };
  if (tpv?.isActive !== true) return { ...NOTHING_KNOWN, code: 'tpv_inactive', until };
  const { socket } = intake;
  if (socket !== undefined) {
    const { inFlight, maxInFlight, congested } = socket;
    if (!congested && inFlight < maxInFlight) return undefined;
    return { ...NOTHING_KNOWN, code: 'window_full', until, inFlight, maxInFlight };
  }
  if (intake.isElsewhere === true) return undefined;
  if (!tpv.isOnline) return { ...NOTHING_KNOWN, code: 'tpv_offline', since: tpv.since, until };
  if (intake.polling) return undefined;
  return { ...NOTHING_KNOWN, code: 'tpv_not_polling', since: intake.polledAt ?? null, until };
}

function whyHeld(row: WaitingRow, { intake, earlier, maxAttempts }: WaitFacts): Wait {
  if (row.status !== 'processing' && earlier !== undefined) {
    return { ...NOTHING_KNOWN, code: 'earlier_one_in_flight', since: row.sent_at, instructionId: earlier };
  }
  if (row.status !== 'sent') {
    return { ...NOTHING_KNOWN, code: 'being_worked_on', since: row.delivered_at, until: row.due_at };
  }
  // A lease over REST ends at `due_at`; a socket's ends with the socket, and the hub asks again before.
  const until = row.holder === POLL_HOLDER ? row.due_at : (intake.againAt ?? row.expires_at);
  const code = row.retry_count === 0 ? 'handed_out' : 'retry_at';
  return { ...NOTHING_KNOWN, code, since: row.sent_at, until, attempt: row.retry_count + 1, maxAttempts };
}
