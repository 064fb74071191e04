/**
 * Close codes of the socket. Their range tells a client what to do, also for codes it does not know yet:
 * 4000..4499 reconnect, 4500..4999 stop.
 */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  /** RFC 6455: a frame that breaks the protocol. */
  BrokenFrame: 1002,
  BinaryFrame: 1003,
  InvalidUtf8: 1007,
  /** RFC 6455: a message in too many fragments. */
  TooManyFragments: 1008,
  FrameTooLarge: 1009,
  Restart: 1012,
  /** The hub could not serve the socket now. */
  TryAgainLater: 1013,
  HeartbeatTimeout: 4000,
  SlowConsumer: 4001,
  TooManyFrames: 4002,
  Unauthorized: 4500,
  Replaced: 4501,
  ProtocolError: 4502,
  TpvInactive: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Whether a client whose socket was closed with `code` may dial again. */
export function mayReconnect(code: number): boolean {
  return code < 4500 || code > 4999;
}

/** The subprotocol that this version speaks; a client that offers none gets it too. */
export const SUBPROTOCOL = 'valletpv.v1';

/** Prefix of the subprotocol in which a client that can't set headers carries its key. */
export const KEY_SUBPROTOCOL_PREFIX = 'valletpv.apikey.';

/** Largest frame in either direction, in bytes. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** Instructions that may be out and not yet reported on, until a `flow` frame says otherwise. */
export const DEFAULT_MAX_IN_FLIGHT = 64;

/** The most that a `flow` frame may ask for. */
export const LARGEST_MAX_IN_FLIGHT = 256;

/** Largest `response` of a report, in bytes of JSON. */
export const MAX_RESPONSE_BYTES = 64 * 1024;
