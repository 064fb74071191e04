import type { Clock } from '../clock.ts';

/** Which hub, as whom, and how patiently. */
export interface HubApiOptions {
  /** The hub's base: `http://HOST:8100`. */
  url: string;
  apiKey: string;
  /** How long a call may stand still, in milliseconds. Default 10,000; a push 30,000, whose hub waits for Telegram. */
  timeoutMs?: number;
  /** Attempts in all for a call that the contract allows twice (reading; a push by its key). Default 4; 1: no second. */
  maxAttempts?: number;
  /** For tests. */
  clock?: Clock;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. What was sent may have reached the hub. */
  signal?: AbortSignal;
}

/** What a push takes beside its message. */
export interface PushCallOptions extends CallOptions {
  /**
   * Two pushes with one key are one message, for 7 days and over restarts of this program: use what the message is
   * about (`order-4711-ready`). Default: a random one, which makes repeating it within this call safe. 128 characters
   * of ASCII at most.
   */
  idempotencyKey?: string;
}
