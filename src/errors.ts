import { ERRORS, type ErrorCode } from '#protocol';

export interface ErrorDetail {
  /** The place in the input, dotted (`data.latitude`). */
  path: string;
  message: string;
}

/** A caller that sends thousands of faults is told of the first, and of each as much as a person reads (S27). */
const MAX_DETAILS = 20;
const MAX_PATH_LENGTH = 200;
const MAX_DETAIL_LENGTH = 300;

/** What a schema found wrong, as details of an error; no more than a person reads. */
export function detailsOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): ErrorDetail[] {
  return issues.slice(0, MAX_DETAILS).map(({ path, message }) => ({ path: path.join('.'), message }));
}

function bounded(details: readonly ErrorDetail[] | undefined): ErrorDetail[] | undefined {
  return details?.slice(0, MAX_DETAILS).map(({ path, message }) => ({
    path: path.slice(0, MAX_PATH_LENGTH),
    message: message.slice(0, MAX_DETAIL_LENGTH),
  }));
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
 * A refusal that its caller should see. The code decides status and sentence; `message` is English, for the log,
 * and never holds a key, a token or a URL with one.
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
    this.details = bounded(options.details);
    this.extra = options.extra;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** What the caller reads. */
  get sentence(): string {
    return ERRORS[this.code].sentence;
  }
}
