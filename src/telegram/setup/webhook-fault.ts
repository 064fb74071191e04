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
  | { code: 'missing_kinds'; kinds: readonly string[] }
  /** The hub polls, and a webhook keeps the updates from it. */
  | { code: 'unwanted'; url: string };

/** What a webhook is held against. Times in milliseconds. */
export interface Expectation {
  mode: 'webhook' | 'polling';
  /** The URL to which Telegram should deliver; undefined if no address is configured. */
  url: string | undefined;
  now: number;
  /** When the hub took an update last. */
  lastUpdateAt: number | undefined;
}

/** From here on a backlog is worth a word. */
const BACKLOG = 100;
/** Telegram tells of its last failure for days, whatever it delivered since. */
const FAILURE_COUNTS_MS = 10 * 60_000;

/** Reads Telegram's getWebhookInfo. */
export function webhookFaults(info: WebhookInfo, expected: Expectation): WebhookFault[] {
  const url = info.url ?? '';
  if (expected.mode === 'polling') return url === '' ? [] : [{ code: 'unwanted', url }];
  const faults: WebhookFault[] = [];
  if (url === '') faults.push({ code: 'unset' });
  else if (expected.url !== undefined && url !== expected.url) {
    faults.push({ code: 'elsewhere', url, expected: expected.url });
  }
  if (info.last_error_message !== undefined && info.last_error_date !== undefined) {
    const at = info.last_error_date * 1_000;
    if (!isOver(at, info.pending_update_count, expected)) {
      faults.push({ code: 'failing', message: info.last_error_message, at });
    }
  }
  if (info.pending_update_count >= BACKLOG) faults.push({ code: 'backlog', count: info.pending_update_count });
  const missing = ALLOWED_UPDATES.filter((kind) => !(info.allowed_updates ?? ALLOWED_UPDATES).includes(kind));
  if (url !== '' && missing.length > 0) faults.push({ code: 'missing_kinds', kinds: missing });
  return faults;
}

/** Whether a failure is history: an update came since, or it is old and Telegram holds nothing back. */
function isOver(at: number, pending: number, { now, lastUpdateAt }: Expectation): boolean {
  // Telegram names whole seconds.
  if (lastUpdateAt !== undefined && lastUpdateAt >= at + 1_000) return true;
  return pending === 0 && at < now - FAILURE_COUNTS_MS;
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
    case 'unwanted':
      return `El hub pregunta a Telegram por las actualizaciones, pero Telegram las entrega en ${fault.url}: borra el webhook, o reinicia el hub, que lo borra al arrancar.`;
  }
}
