import { CloseCode } from '#protocol';
import type { Cancel, Clock } from '../clock.ts';
import type { Session } from './socket-session.ts';

/** An interval is cut into this many beats; each beat pings its share of the sockets, so that they never all answer at once. */
const BEATS = 25;
/**
 * Beats without a sign after which a socket is ended: two intervals, less the beat in which that is seen, and the
 * second after which a TPV is offline (`Presence.settle`). So a silence of 50 s is known after 50 s, and not after 52.
 */
const SILENT_BEATS = 2 * BEATS - 3;

/** Pings every socket once an interval, and ends those from which nothing came for nearly two. */
export class Heartbeat {
  readonly #beatMs: number;
  readonly #clock: Clock;
  readonly #shares: Set<Session>[] = Array.from({ length: BEATS }, () => new Set());
  readonly #cancel: Cancel;
  #joined = 0;
  #beat = 0;

  constructor(intervalMs: number, clock: Clock) {
    this.#beatMs = intervalMs / BEATS;
    this.#clock = clock;
    this.#cancel = clock.every(this.#beatMs, () => this.#tick());
  }

  /** Takes part from the next interval on; call what it returns when the session ends. */
  join(session: Session): () => void {
    const share = this.#shares[this.#joined++ % BEATS];
    share?.add(session);
    return () => share?.delete(session);
  }

  stop(): void {
    this.#cancel();
  }

  #tick(): void {
    const deadSince = this.#clock.elapsed() - SILENT_BEATS * this.#beatMs;
    for (const share of this.#shares) {
      for (const session of share) {
        if (session.heardAt <= deadSince) session.close(CloseCode.HeartbeatTimeout, 'heartbeat_timeout');
      }
    }
    for (const session of this.#shares[this.#beat++ % BEATS] ?? []) session.ping();
  }
}
