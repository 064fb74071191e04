import { HubError } from '../errors.ts';
import { SPANISH, type Words } from '../wording/wording.ts';
import type { PushRow } from './message.ts';

/** How long a TPV's push waits for Telegram before it is answered with `pending` (docs/rest.md). */
export const PUSH_WAIT_MS = 10_000;

/** What a TPV gets about a message: over REST, and in a frame's `data`. */
export interface PushAnswer {
  status: 'sent' | 'pending' | 'failed' | 'unknown';
  push_message_id: string;
  telegram_message_id?: number;
  /** The markup could not be parsed, so the text went out as it is. */
  sent_as_plain_text?: true;
  /** It was sent again although it may have arrived before. */
  sent_again?: true;
  error_message?: string;
  telegram_error_code?: number;
}

/** The state of a message; what is on its way is `pending`. */
export function pushAnswer(row: PushRow, { written }: Pick<Words, 'written'> = SPANISH.words): PushAnswer {
  return {
    status: row.status === 'sending' ? 'pending' : row.status,
    push_message_id: row.id,
    ...(row.telegram_message_id !== null && { telegram_message_id: row.telegram_message_id }),
    ...(row.sent_as_plain === 1 && { sent_as_plain_text: true as const }),
    ...(row.sent_again > 0 && { sent_again: true as const }),
    ...(row.error_message !== '' && { error_message: written(row.error_message) }),
    ...(row.error_code !== null && { telegram_error_code: row.error_code }),
  };
}

/**
 * The answer to the push itself.
 * @throws HubError `telegram_error` if Telegram refused it and a new try would not help
 */
export function pushResult(row: PushRow, words: Words): PushAnswer {
  const answer = pushAnswer(row, words);
  if (row.status !== 'failed') return answer;
  throw new HubError('telegram_error', `Telegram refused a message: ${row.error_message}`, {
    details: [{ path: 'telegram', message: (say) => say.written(row.error_message) }],
    extra: {
      push_message_id: row.id,
      ...(row.error_code !== null && { telegram_error_code: row.error_code }),
    },
  });
}
