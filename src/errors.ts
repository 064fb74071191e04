import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '#protocol';
import type { Sentence, Words } from './wording/wording.ts';

export interface ErrorDetail {
  /** The place in the input, dotted (`data.latitude`). */
  path: string;
  message: Sentence;
}

/** An error as its caller reads it. */
export interface ToldError {
  error: string;
  details: { path: string; message: string }[] | undefined;
}

/** A caller that sends thousands of faults is told of the first, and of each as much as a person reads (S27). */
const MAX_DETAILS = 20;
const MAX_PATH_LENGTH = 200;
const MAX_DETAIL_LENGTH = 300;

/** What a schema found wrong, as details of an error; its messages are worded already. */
export function detailsOf({ issues }: z.core.$ZodError): ErrorDetail[] {
  return issues.slice(0, MAX_DETAILS).flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: () => issue.message }];
    // zod names the object around them; the caller looks for the fields.
    return issue.keys.slice(0, MAX_DETAILS).map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: (say) => say.unknownField,
    }));
  });
}

export interface HubErrorOptions {
  cause?: unknown;
  details?: ErrorDetail[];
  /** Fields that the error's body carries besides (`push_message_id`). */
  extra?: Readonly<Record<string, string | number>>;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number;
}

/**
 * A refusal that its caller should see. The code decides the status, and the edge in which language it is told;
 * `message` is English, for the log, and never holds a key, a token or a URL with one.
 */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: ErrorCode;
  readonly details: ErrorDetail[] | undefined;
  readonly extra: Readonly<Record<string, string | number>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details?.slice(0, MAX_DETAILS);
    this.extra = options.extra;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** What the caller reads. */
  told(words: Words): ToldError {
    const details = this.details?.map(({ path, message }) => ({
      path: path.slice(0, MAX_PATH_LENGTH),
      message: message(words).slice(0, MAX_DETAIL_LENGTH),
    }));
    return { error: words.ofCode(this.code), details };
  }

  /** It in one sentence: the first detail, or else what its code says. */
  reason(words: Words): string {
    const { error, details } = this.told(words);
    return details?.[0]?.message ?? error;
  }
}
