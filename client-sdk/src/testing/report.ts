import { REPORTABLE_STATUSES, type ReportableStatus } from '../protocol/lifecycle.ts';
import { isRecord } from '../wire/check.ts';
import type { RefusalCode } from './refusal.ts';

/** What a TPV says about an instruction. */
export interface ReportFields {
  id: string;
  status: ReportableStatus;
  response?: unknown;
  error_message?: string | undefined;
  /** The message to the person. */
  reply?: Readonly<Record<string, unknown>> | undefined;
}

const STATUSES: readonly unknown[] = REPORTABLE_STATUSES;

/** A report as it came, and what it was answered with: `ok`, or the refusal's code. */
export interface ReportRecord extends ReportFields {
  transport: 'websocket' | 'polling';
  answer: 'ok' | RefusalCode;
}

/** Whether a TPV's words are a report. */
export function isReport(value: object): value is ReportFields {
  const { id, status, error_message: message, ref, reply } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id.length > 64 || !STATUSES.includes(status)) return false;
  if (ref !== undefined && !isRef(ref)) return false;
  if (reply !== undefined && !isRecord(reply)) return false;
  return message === undefined || (typeof message === 'string' && message.length <= 4096);
}

/** Whether a frame can be told apart by this; a push's idempotency key has the same form. */
export function isRef(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 128;
}
