/** The one table of this client's error codes, with the sentence that says what to do. */
export const HUB_CLIENT_ERRORS = {
  invalid_options: 'The client was set up wrongly: correct the option named here',
  unauthorized: 'The hub does not accept this API key: check it, or register the TPV again',
  forbidden: 'The hub refuses this caller: ask its administrator',
  tpv_inactive: 'This TPV is inactive: ask the administrator to activate it, then connect again',
  replaced: 'A newer connection with the same API key took over: run one process per key',
  memory_locked: 'Another process uses this memory: give each process a file of its own',
  protocol_error: 'The hub could not read three frames of this client: update the client',
  stopped: 'The hub closed the connection for good: look at the close code',
  invalid_answer: 'What answered does not speak as a hub does: check the URL, or update the client',
  refused: 'The hub refused the request: look at status and code',
  unreachable: 'The hub could not be reached',
  disconnected: 'The connection to the hub ended',
  heartbeat_timeout: 'Nothing came from the hub for two heartbeat intervals',
  revoked: 'The hub took the instruction back: stop working on it',
  closed: 'The client was closed: make a new one to connect again',
} as const;

/** A code of the table. */
export type HubClientErrorCode = keyof typeof HUB_CLIENT_ERRORS;

/** What an error knows beside its code. */
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

/**
 * Everything that this package throws, rejects with, or aborts a handler's signal with. `code` says what happened,
 * the class says who must react; it follows from code and status, so that the two never contradict each other.
 *
 * @example
 * if (error instanceof HubUnavailableError) retryLater(error.retryAfterMs);
 * else if (error instanceof ConfigurationError) tellTheOperator(error.message);
 */
export class HubClientError extends Error {
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
    if (new.target === HubClientError) Object.setPrototypeOf(this, classOf(code, options.httpStatus).prototype);
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** For the person who installs the TPV: a wrong option or key, an inactive TPV, two processes with one key or file. */
export class ConfigurationError extends HubClientError {}

/**
 * The hub can't be reached now, and no person has to react: a `HubClient` tries again by itself, and a single call may
 * be made again.
 */
export class HubUnavailableError extends HubClientError {}

/** For the developers of the TPV: hub and client don't understand each other, so one of them needs an update. */
export class ProtocolError extends HubClientError {}

/** For the author of the call: the hub understood this request and refuses it; `hubCode` says why. */
export class RequestError extends HubClientError {}

/** For the handler: its instruction was taken back, or its client closed. */
export class HandlerError extends HubClientError {}

function classOf(code: HubClientErrorCode, httpStatus: number | undefined): typeof HubClientError {
  switch (code) {
    case 'invalid_options':
    case 'unauthorized':
    case 'forbidden':
    case 'tpv_inactive':
    case 'replaced':
    case 'memory_locked':
      return ConfigurationError;
    case 'protocol_error':
    case 'stopped':
    case 'invalid_answer':
      return ProtocolError;
    case 'refused':
      return httpStatus !== undefined && httpStatus < 500 && httpStatus !== 429 ? RequestError : HubUnavailableError;
    case 'unreachable':
    case 'disconnected':
    case 'heartbeat_timeout':
      return HubUnavailableError;
    case 'revoked':
    case 'closed':
      return HandlerError;
    default:
      return code satisfies never;
  }
}

/** The error of a client that was closed, by its owner or by this signal. */
export function closedBecause(signal: AbortSignal | undefined): HubClientError {
  return new HubClientError('closed', signal?.aborted ? { detail: 'aborted', cause: signal.reason } : {});
}
