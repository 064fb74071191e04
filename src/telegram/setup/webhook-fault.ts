import type { WebhookInfo } from 'grammy/types';
import { ALLOWED_UPDATES } from '../inbound/update.ts';

/** What is wrong with a webhook. */
export type WebhookFault =
  | { code: 'unset' }
  | { code: 'elsewhere'; url: string; expected: string }
  /** `at` in milliseconds. */
  | { code: 'failing'; message: string; at: number }
  | { code: 'backlog'; count: number }
  | { code: 'missing_kinds'; kinds: readonly string[] };

/** From here on a backlog is worth a word. */
const BACKLOG = 100;

/**
 * Reads Telegram's getWebhookInfo.
 * @param expected where Telegram should deliver; undefined: nobody said
 */
export function webhookFaults(info: WebhookInfo, expected: string | undefined): WebhookFault[] {
  const faults: WebhookFault[] = [];
  const url = info.url ?? '';
  if (url === '') faults.push({ code: 'unset' });
  else if (expected !== undefined && url !== expected) faults.push({ code: 'elsewhere', url, expected });
  if (info.last_error_message !== undefined && info.last_error_date !== undefined) {
    faults.push({ code: 'failing', message: info.last_error_message, at: info.last_error_date * 1_000 });
  }
  if (info.pending_update_count >= BACKLOG) faults.push({ code: 'backlog', count: info.pending_update_count });
  const missing = ALLOWED_UPDATES.filter((kind) => !(info.allowed_updates ?? ALLOWED_UPDATES).includes(kind));
  if (url !== '' && missing.length > 0) faults.push({ code: 'missing_kinds', kinds: missing });
  return faults;
}
