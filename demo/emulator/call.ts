import type { Params } from './params.ts';
import type { Fault } from './rules.ts';

export type Outcome =
  | { ok: true; result: unknown; description?: string }
  | { ok: false; error_code: number; description: string; parameters?: { retry_after: number } };

/** One Bot API call (or file download, as method `downloadFile`) that reached the emulator whole. */
export interface Call {
  /** When it was read whole: Unix milliseconds of the emulator's clock. */
  at: number;
  method: string;
  /** Parsed; an uploaded file is `{file_name, mime_type, size, sha256}`. */
  params: Params;
  /**
   * What Telegram's server made of it. Where it answered nothing of its own (`hang`, `reset`), `error_code` is 0; what
   * struck after the effect (`reset_after`, `error_after`, `hang_after`) is not in it: the caller never heard it.
   */
  outcome: Outcome;
  /** When it took effect; undefined: never. */
  tookEffectAt: number | undefined;
  /** When the caller was told the outcome; undefined: it never was, so it can't know whether the call took effect. */
  answeredAt: number | undefined;
  /** For how long Telegram's server itself waited out a flood before it took the call; absent: there was none. */
  floodMs?: number;
  /** The rule that bent this call. */
  fault?: Fault['kind'];
}
