import { randomUUID } from 'node:crypto';
import { DEFAULT_DELIVERY, MESSAGE_PRIORITY, PRESS_COMMAND, PRESS_PRIORITY } from '../protocol/lifecycle.ts';
import type { Instruction } from '../wire/instruction.ts';

const { instructionTtlMs, pressTtlMs } = DEFAULT_DELIVERY;

/** What a test hands out. */
export interface NewInstruction {
  /** Default `process_message`. */
  command?: string;
  payload?: Record<string, unknown>;
  /** Default 1001. */
  telegram_user_id?: number;
  telegram_username?: string | null;
  /** 1 goes first. Default 5, and 1 for `process_callback`. */
  priority?: number;
  /** Default 24 h, and 150 s for `process_callback`, in milliseconds. */
  expiresInMs?: number;
}

/** A pending instruction with these fields; what is left out is made up. */
export function newInstruction(fields: NewInstruction, now: number): Instruction {
  const press = fields.command === PRESS_COMMAND;
  return {
    id: randomUUID(),
    command: fields.command ?? 'process_message',
    payload: structuredClone(fields.payload ?? {}),
    status: 'pending',
    priority: fields.priority ?? (press ? PRESS_PRIORITY : MESSAGE_PRIORITY),
    telegram_user_id: fields.telegram_user_id ?? 1001,
    telegram_username: fields.telegram_username ?? null,
    created_at: iso(now),
    sent_at: null,
    delivered_at: null,
    completed_at: null,
    expires_at: iso(now + (fields.expiresInMs ?? (press ? pressTtlMs : instructionTtlMs))),
    response: null,
    error_message: '',
    retry_count: 0,
  };
}

/** A time as the contract writes it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
