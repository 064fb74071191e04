import { type HubClientError, RequestError } from '../errors.ts';
import { isRecord } from './answer.ts';

/** Telegram refused a message for good (`hubCode` `telegram_error`): pushing it again changes nothing. */
export class PushRefusedError extends RequestError {
  /** Under which the hub keeps it, as `failed`. */
  readonly pushMessageId: string | undefined;
  /** Telegram's own code: 403 where the person blocked the bot. */
  readonly telegramErrorCode: number | undefined;

  constructor(refusal: HubClientError, body: Record<string, unknown>) {
    super(refusal.code, { httpStatus: refusal.httpStatus, hubCode: refusal.hubCode, detail: String(body.error) });
    this.pushMessageId = typeof body.push_message_id === 'string' ? body.push_message_id : undefined;
    this.telegramErrorCode = typeof body.telegram_error_code === 'number' ? body.telegram_error_code : undefined;
  }
}

/** What a refusal with this body is to be rejected with. */
export function pushRefusal(refusal: HubClientError, body: unknown): HubClientError {
  return refusal.hubCode === 'telegram_error' && isRecord(body) ? new PushRefusedError(refusal, body) : refusal;
}
