/** Over what a TPV talks with the hub. */
export type Transport = 'socket' | 'rest';

/** `online_until` while a socket is open. It is a number, so that one comparison answers for every TPV. */
export const SOCKET_OPEN = Number.MAX_SAFE_INTEGER;
/** A TPV that came over REST is online for so long after each call (docs/rest.md). */
export const REST_WINDOW_MS = 300_000;
/** Who was there when the hub ended has so long to come back once it runs again. */
export const RESTART_GRACE_MS = 60_000;

/** How a TPV was seen last, and until when it is online by that. */
export interface Seen {
  readonly transport: Transport;
  /** In milliseconds; `SOCKET_OPEN` while a socket is open. */
  readonly until: number;
}

/**
 * What is seen of a TPV. Over its socket: `opened`; `closed`, the last one that was open; `fell_silent`, the hub closed it
 * because nothing came; `restarting`, it closed because the hub is ending. Over REST: `asked`, for instructions or with a
 * heartbeat; `called`, anything else.
 */
export type Sign = 'opened' | 'closed' | 'fell_silent' | 'restarting' | 'asked' | 'called';

/**
 * How a TPV is seen after a sign: the one rule of who is online (docs/rest.md).
 * @param before undefined: it never came, or nobody knows over what
 * @param now and `graceMs`, in milliseconds: a TPV whose socket closed has the grace to come back
 * @returns `before` itself, where the sign changes nothing
 */
export function afterSign(
  before: Seen | undefined,
  sign: Sign,
  { now, graceMs }: { now: number; graceMs: number },
): Seen | undefined {
  switch (sign) {
    case 'opened':
      return { transport: 'socket', until: SOCKET_OPEN };
    case 'closed':
      return { transport: 'socket', until: now + graceMs };
    case 'fell_silent':
      // The silence was longer than any grace.
      return { transport: 'socket', until: now };
    case 'restarting':
      return { transport: 'socket', until: now + Math.max(graceMs, RESTART_GRACE_MS) };
    case 'asked':
      return before?.until === SOCKET_OPEN ? before : { transport: 'rest', until: now + REST_WINDOW_MS };
    case 'called':
      // It may push over REST and take its instructions over a socket: so this says nothing of the socket.
      return before?.transport === 'socket' ? before : { transport: 'rest', until: now + REST_WINDOW_MS };
    default:
      return sign satisfies never;
  }
}

/** Whether a row's `online_until` makes its TPV online. One that lies far ahead comes of a clock that was wrong. */
export function isOnlineUntil(until: number | null, now: number): boolean {
  if (until === null) return false;
  return until === SOCKET_OPEN || (now < until && until - now <= REST_WINDOW_MS);
}
