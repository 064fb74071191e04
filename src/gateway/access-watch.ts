import { CloseCode } from '#protocol';
import type { Cancel, Clock } from '../clock.ts';
import { accessEpoch } from '../db/epoch.ts';
import type { Database } from '../db/open.ts';
import { accessOf } from '../tpvs/keys.ts';
import type { Session } from './socket-session.ts';

/** Half of the second within which a socket ends (S9): the rest is for the query, and for a busy machine. */
const LOOK_INTERVAL_MS = 500;
/** Keys also end by time: all sockets are checked this often. */
const FULL_LOOK_INTERVAL_MS = 60_000;

export interface AccessWatchPorts {
  db: Database;
  clock: Clock;
  sessions(): Iterable<Session>;
  onFault(error: unknown): void;
}

/** Ends the sockets of TPVs that lost access, in whatever process that happened (S9). */
export class AccessWatch {
  readonly #ports: AccessWatchPorts;
  readonly #cancel: Cancel;
  #epoch: number | undefined;
  #fullLookAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  /** A tick came while a look was under way: what changed since that look began is not seen by it. */
  #askedAgain = false;
  #stopped = false;

  constructor(ports: AccessWatchPorts) {
    this.#ports = ports;
    this.#cancel = ports.clock.every(LOOK_INTERVAL_MS, () => this.#tick());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Looks at a session that just opened: its key may have been revoked since it was checked at the door. */
  async look(session: Session): Promise<void> {
    const access = await accessOf(this.#ports.db, session.identity.keyId, this.#ports.clock.now());
    if (access === 'revoked') session.close(CloseCode.Unauthorized, 'unauthorized');
    if (access === 'inactive') session.close(CloseCode.TpvInactive, 'tpv_inactive');
  }

  #tick(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#askedAgain = true;
      return;
    }
    this.#looking = true;
    this.#lookAtAll()
      .catch(this.#ports.onFault)
      .finally(() => {
        this.#looking = false;
        if (!this.#askedAgain) return;
        // At once, so that a slow database does not cost another half second.
        this.#askedAgain = false;
        this.#tick();
      });
  }

  async #lookAtAll(): Promise<void> {
    const { db, clock } = this.#ports;
    const epoch = await accessEpoch(db);
    const now = clock.elapsed();
    if (this.#epoch === epoch && now < this.#fullLookAt) return;
    for (const session of [...this.#ports.sessions()]) await this.look(session);
    // Only now: if looking failed, the next tick tries again.
    this.#epoch = epoch;
    this.#fullLookAt = now + FULL_LOOK_INTERVAL_MS;
  }
}
