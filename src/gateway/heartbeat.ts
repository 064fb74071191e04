import { CloseCode } from '#protocol';
import type { Cancel, Clock } from '../clock.ts';
import type { Session } from './socket-session.ts';

/** An interval is cut into this many beats; each beat pings its share of the sockets, so that they never all answer at once. */
const BEATS = 25;

/** Pings every socket once an interval, and ends those from which nothing came for two. */
export class Heartbeat {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #shares: Set<Session>[] = Array.from({ length: BEATS }, () => new Set());
  readonly #cancel: Cancel;
  #joined = 0;
  #beat = 0;

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#cancel = clock.every(intervalMs / BEATS, () => this.#tick());
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
    const deadSince = this.#clock.elapsed() - 2 * this.#intervalMs;
    for (const share of this.#shares) {
      for (const session of share) {
        if (session.heardAt <= deadSince) session.close(CloseCode.HeartbeatTimeout, 'heartbeat_timeout');
      }
    }
    for (const session of this.#shares[this.#beat++ % BEATS] ?? []) session.ping();
  }
}
