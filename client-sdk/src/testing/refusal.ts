import { ERRORS, type ErrorCode } from '../protocol/error-codes.ts';

/** A code of the contract's errors. */
export type RefusalCode = ErrorCode;

export interface RefusalDetail {
  path: string;
  message: string;
}

export interface RefusalOptions {
  details?: RefusalDetail[];
  retryAfterSeconds?: number | undefined;
  /** More fields of the body. */
  extra?: Record<string, unknown>;
  /** Default: the code's. */
  status?: number;
}

/** What a fake hub says no with, over HTTP or in a frame. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly options: RefusalOptions;

  constructor(code: RefusalCode, options: RefusalOptions = {}) {
    super(ERRORS[code].sentence);
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return this.options.status ?? ERRORS[this.code].status;
  }

  /** The contract has it with 429 and 503. */
  get headers(): Record<string, string> {
    const needed = this.status === 429 || this.status === 503 ? 1 : undefined;
    const seconds = this.options.retryAfterSeconds ?? needed;
    return seconds === undefined ? {} : { 'retry-after': `${seconds}` };
  }

  /** As a frame's `error`. */
  get frameError(): { code: string; message: string; details?: RefusalDetail[] } {
    const { details } = this.options;
    return { code: this.code, message: this.message, ...(details && { details }) };
  }

  /** As an HTTP answer's body. */
  get body(): Record<string, unknown> {
    const { details, extra } = this.options;
    return { error: this.message, code: this.code, details, ...extra };
  }
}

/** Codes that share their status with one that a TPV meets more often. */
const RARER_CODES: readonly string[] = [
  'second_factor_required',
  'forbidden',
  'proof_required',
  'conflict',
] satisfies ErrorCode[];

/** The code that an HTTP status has if a test names none. */
export function codeOfStatus(status: number): RefusalCode {
  const found = Object.entries(ERRORS).find(([code, error]) => error.status === status && !RARER_CODES.includes(code));
  // The keys of `ERRORS` are its codes.
  return (found?.[0] as RefusalCode | undefined) ?? 'internal_error';
}
