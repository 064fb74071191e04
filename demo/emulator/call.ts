import type { Params } from './params.ts';
import type { Fault } from './rules.ts';

export type Outcome =
  | { ok: true; result: unknown; description?: string }
  | { ok: false; error_code: number; description: string; parameters?: { retry_after: number } };

/** One Bot API call (or file download, as method `downloadFile`) as the emulator received it. */
export interface Call {
  /** When it arrived: Unix milliseconds with fractions. */
  at: number;
  method: string;
  /** Parsed; an uploaded file is `{file_name, mime_type, size, sha256}`. */
  params: Params;
  /** What was answered; with `hang` and `reset` nothing was: `error_code` is 0 then. */
  outcome: Outcome;
  /** The rule that bent this call. With `reset_after` the outcome is what the caller never heard. */
  fault?: Fault['kind'];
}
