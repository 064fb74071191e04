/** The one table of this client's error codes, with the sentence that says what to do. */
export const HUB_CLIENT_ERRORS = {
  invalid_options: 'The client was set up wrongly: correct the option named here',
  unauthorized: 'The hub does not accept this API key: check it, or register the TPV again',
  forbidden: 'The hub refuses this caller: ask its administrator',
  tpv_inactive: 'This TPV is inactive: ask the administrator to activate it, then connect again',
  replaced: 'A newer connection with the same API key took over: run one process per key',
  protocol_error: 'The hub could not read three frames of this client: update the client',
  stopped: 'The hub closed the connection for good: look at the close code',
  refused: 'The hub refused the request: look at status and code',
  invalid_answer: 'What answered does not speak as a hub does: check the URL, or update the client',
  unreachable: 'The hub could not be reached',
  disconnected: 'The connection to the hub ended',
  heartbeat_timeout: 'Nothing came from the hub for two heartbeat intervals',
  revoked: 'The hub took the instruction back: stop working on it',
  closed: 'The client was closed: make a new one to connect again',
} as const;

export type HubClientErrorCode = keyof typeof HUB_CLIENT_ERRORS;

export interface HubClientErrorOptions {
  /** Added to the code's sentence. Never a key. */
  detail?: string | undefined;
  cause?: unknown;
  /** The HTTP status with which the hub refused. */
  httpStatus?: number | undefined;
  /** The code with which the socket was closed. */
  closeCode?: number | undefined;
  /** The hub's own stable code (`registration_closed`, ...). */
  hubCode?: string | undefined;
  /** The wait that the hub asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** Everything that this package throws, rejects with, or aborts a handler's signal with. `code` says which. */
export class HubClientError extends Error {
  override readonly name = 'HubClientError';
  readonly code: HubClientErrorCode;
  readonly httpStatus: number | undefined;
  readonly closeCode: number | undefined;
  readonly hubCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: HubClientErrorCode, options: HubClientErrorOptions = {}) {
    const { detail, cause } = options;
    const sentence = HUB_CLIENT_ERRORS[code];
    super(detail === undefined ? sentence : `${sentence} (${detail})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.httpStatus = options.httpStatus;
    this.closeCode = options.closeCode;
    this.hubCode = options.hubCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}
