import type { WebhookInfo } from 'grammy/types';
import { isoTime } from '../../iso-time.ts';
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
 * @param expected the URL to which Telegram should deliver; undefined if no address is configured
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

/** What an administrator reads about the webhook. */
export function webhookProblem(fault: WebhookFault): string {
  switch (fault.code) {
    case 'unset':
      return 'Telegram no tiene ningún webhook: repáralo en el panel (Webhook), o con POST /webhook/setup/.';
    case 'elsewhere':
      return `Telegram entrega en otra dirección (${fault.url}) y no en ${fault.expected}: si no es a propósito, repáralo en el panel (Webhook), o con POST /webhook/setup/.`;
    case 'failing':
      return `El último intento de Telegram falló (${isoTime(fault.at)}): ${fault.message}`;
    case 'backlog':
      return `Telegram tiene ${fault.count} actualizaciones sin entregar: comprueba que llega hasta el hub.`;
    case 'missing_kinds':
      return `Telegram no entrega estos tipos: ${fault.kinds.join(', ')}. Repáralo en el panel (Webhook), o con POST /webhook/setup/.`;
  }
}
