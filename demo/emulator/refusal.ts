/** A Bot API call that Telegram refuses; the server answers it as `{"ok":false,...}` with the same HTTP status. */
export class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  /** @param retryAfter seconds, for 429 alone */
  constructor(code: number, description: string, retryAfter?: number, options?: ErrorOptions) {
    super(description, options);
    this.name = 'Refusal';
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export function badRequest(description: string): Refusal {
  return new Refusal(400, `Bad Request: ${description}`);
}

export function tooManyRequests(retryAfterSeconds: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${retryAfterSeconds}`, retryAfterSeconds);
}
