import { isoTime } from '../iso-time.ts';
import type { InstructionRow } from './instruction.ts';

/**
 * An instruction as REST and the socket carry it, as JSON text. It is put together from text: payload and response
 * are JSON in the row already, and parsing them only to write them again is what a busy hub would spend its time on.
 */
export function instructionJson(row: InstructionRow): string {
  return (
    `{"id":"${row.id}","command":${JSON.stringify(row.command)},"payload":${row.payload},"status":"${row.status}",` +
    `"priority":${row.priority},"telegram_user_id":${row.telegram_user_id},` +
    `"telegram_username":${row.telegram_username === null ? 'null' : JSON.stringify(row.telegram_username)},` +
    `"created_at":${time(row.created_at)},"sent_at":${time(row.sent_at)},"delivered_at":${time(row.delivered_at)},` +
    `"completed_at":${time(row.completed_at)},"expires_at":${time(row.expires_at)},` +
    `"response":${row.response ?? 'null'},"error_message":${JSON.stringify(row.error_message)},` +
    `"retry_count":${row.retry_count}}`
  );
}

function time(ms: number | null): string {
  return ms === null ? 'null' : `"${isoTime(ms)}"`;
}
