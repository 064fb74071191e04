import { INSTRUCTION_STATUSES, type InstructionStatus } from '../protocol/lifecycle.ts';
import { isRecord } from './check.ts';

/**
 * An instruction as REST and the socket carry it. Times are ISO 8601 in UTC (`2025-11-09T10:30:00.000Z`). A newer hub
 * may add fields; they are kept.
 */
export interface Instruction<Command extends string = string, Payload = Record<string, unknown>> {
  /** The same each time that the instruction comes: the key for whatever must be done once. */
  id: string;
  command: Command;
  payload: Payload;
  status: InstructionStatus;
  /** 1 goes first. */
  priority: number;
  /** The person whom it is about. */
  telegram_user_id: number;
  telegram_username: string | null;
  created_at: string;
  sent_at: string | null;
  delivered_at: string | null;
  completed_at: string | null;
  /** The hub fails it then, and tells the person. */
  expires_at: string;
  response: unknown;
  error_message: string;
  /** How often it was handed out without a report. */
  retry_count: number;
  [field: string]: unknown;
}

/**
 * How much of its life an instruction had left when the hub handed it out, in milliseconds; no end where its times can't be
 * read. Both times are the hub's, whose clock may differ from this machine's and be corrected while it is connected.
 */
export function lifeLeftMs({ sent_at, created_at, expires_at }: Instruction): number {
  const left = Date.parse(expires_at) - Date.parse(sent_at ?? created_at);
  return Number.isNaN(left) ? Number.POSITIVE_INFINITY : left;
}

const STATUSES: readonly unknown[] = INSTRUCTION_STATUSES;

const UUID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** By its outline only; whether 31 February exists is the hub's affair. */
export function isTimestamp(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length === 24 && value[10] === 'T' && value[19] === '.' && value[23] === 'Z'
  );
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const isTimestampOrNull = (value: unknown) => value === null || isTimestamp(value);

/** The first field that an instruction needs and `value` has not, or has in a wrong way; undefined where all is well. */
export function instructionProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'instruction';
  if (!isUuid(value.id)) return 'id';
  if (typeof value.command !== 'string' || value.command === '') return 'command';
  if (!isRecord(value.payload)) return 'payload';
  if (!STATUSES.includes(value.status)) return 'status';
  if (!Number.isSafeInteger(value.priority)) return 'priority';
  if (!Number.isSafeInteger(value.telegram_user_id)) return 'telegram_user_id';
  if (value.telegram_username !== null && typeof value.telegram_username !== 'string') return 'telegram_username';
  if (!isTimestamp(value.created_at)) return 'created_at';
  if (!isTimestampOrNull(value.sent_at)) return 'sent_at';
  if (!isTimestampOrNull(value.delivered_at)) return 'delivered_at';
  if (!isTimestampOrNull(value.completed_at)) return 'completed_at';
  if (!isTimestamp(value.expires_at)) return 'expires_at';
  if (typeof value.error_message !== 'string') return 'error_message';
  if (!isCount(value.retry_count)) return 'retry_count';
  return undefined;
}

export function isInstruction(value: unknown): value is Instruction {
  return instructionProblem(value) === undefined;
}
