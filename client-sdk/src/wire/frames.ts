import type { ReportableStatus } from '../protocol/lifecycle.ts';
import { isRecord } from './check.ts';
import { type Instruction, instructionProblem, isCount, isTimestamp, isUuid } from './instruction.ts';
import { isServiceNow, type ServiceNow } from './service.ts';

/**
 * The frames of docs/websocket.md, checked by hand: the schemas of protocol/ say the same in zod, which is 6 MB to
 * install and doubles the start of a small program. test/client-sdk/wire.test.ts keeps the two in step.
 */
export type HubFrame =
  | {
      type: 'welcome';
      protocol: 1;
      session_id: string;
      tpv: { id: string; name: string };
      heartbeat_interval_ms: number;
      max_in_flight: number;
      pending: number;
      server_time: string;
      /** Absent where the hub is an older one. */
      service?: ServiceNow | undefined;
    }
  | { type: 'instruction'; instruction: Instruction }
  | { type: 'result'; ref: string; ok: boolean; data?: unknown; error?: FrameError | undefined }
  | { type: 'revoked'; id: string; reason: string }
  | { type: 'service'; service: ServiceNow }
  | { type: 'error'; error: FrameError }
  | { type: 'drain'; reason: string; reconnect_after_ms: number };
/** The hub's frame of this type. */
export type HubFrameOf<T extends HubFrame['type']> = Extract<HubFrame, { type: T }>;

/** What a hub says is wrong with a frame. */
export interface FrameError {
  code: string;
  message: string;
  details?: { path: string; message: string }[] | undefined;
}

/** Frames that this client sends. */
export type TpvFrame = UpdateFrame | FlowFrame;

/** A report on an instruction. */
export interface UpdateFrame {
  type: 'update';
  id: string;
  ref?: string | undefined;
  status: ReportableStatus;
  response?: unknown;
  error_message?: string | undefined;
  /** A message to the person: the fields of a push without `telegram_user_id`. */
  reply?: Readonly<Record<string, unknown>> | undefined;
}

/** How many instructions may be out at once; 0 pauses. */
export interface FlowFrame {
  type: 'flow';
  max_in_flight: number;
}

/** What is wrong with a frame from the hub; undefined where nothing is. */
export function frameProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'not an object';
  switch (value.type) {
    case 'instruction':
      return instructionProblem(value.instruction);
    case 'result':
      if (typeof value.ref !== 'string') return 'ref';
      if (typeof value.ok !== 'boolean') return 'ok';
      return value.error === undefined || isFrameError(value.error) ? undefined : 'error';
    case 'revoked':
      if (!isUuid(value.id)) return 'id';
      return typeof value.reason === 'string' ? undefined : 'reason';
    case 'service':
      return isServiceNow(value.service) ? undefined : 'service';
    case 'error':
      return isFrameError(value.error) ? undefined : 'error';
    case 'drain':
      if (typeof value.reason !== 'string') return 'reason';
      return isCount(value.reconnect_after_ms) ? undefined : 'reconnect_after_ms';
    case 'welcome':
      return welcomeProblem(value);
    default:
      return 'unknown type';
  }
}

export function isHubFrame(value: unknown): value is HubFrame {
  return frameProblem(value) === undefined;
}

function welcomeProblem(value: Record<string, unknown>): string | undefined {
  if (value.protocol !== 1) return 'protocol';
  if (!isUuid(value.session_id)) return 'session_id';
  if (!isRecord(value.tpv) || !isUuid(value.tpv.id) || typeof value.tpv.name !== 'string') return 'tpv';
  if (!isCount(value.heartbeat_interval_ms) || value.heartbeat_interval_ms === 0) return 'heartbeat_interval_ms';
  if (!isCount(value.max_in_flight)) return 'max_in_flight';
  if (!isCount(value.pending)) return 'pending';
  if (!isTimestamp(value.server_time)) return 'server_time';
  return value.service === undefined || isServiceNow(value.service) ? undefined : 'service';
}

function isFrameError(value: unknown): value is FrameError {
  if (!isRecord(value) || typeof value.code !== 'string' || typeof value.message !== 'string') return false;
  const { details } = value;
  if (details === undefined) return true;
  return Array.isArray(details) && details.every(isDetail);
}

function isDetail(value: unknown): boolean {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';
}
