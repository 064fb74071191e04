import { pause, wallTime } from '../clock.ts';
import { releaseSockets } from '../instructions/release-sockets.ts';
import { WorkElsewhere } from './elsewhere.ts';
import { recoverShared } from './lost-sockets.ts';
import { Pollers } from './pollers.ts';
import type { Look } from './socket-rows.ts';
import { Sockets, type SocketsPorts } from './sockets.ts';
import type { Intake } from './waits.ts';

/** How long a drain waits for the hand-outs that are under way. */
const DRAIN_PATIENCE_MS = 2_000;

/** Who gets what now: over its socket where a TPV has one, and otherwise when it asks. */
export class Delivery {
  readonly sockets: Sockets;
  readonly pollers: Pollers;
  readonly #ports: SocketsPorts;
  readonly #elsewhere: WorkElsewhere;

  constructor(ports: SocketsPorts) {
    this.#ports = ports;
    this.sockets = new Sockets(ports);
    this.pollers = new Pollers(ports);
    this.#elsewhere = new WorkElsewhere(ports.db);
  }

  /** Gives back what sockets held when the last process ended; before the first socket opens. */
  async recover(): Promise<void> {
    const { db, cluster } = this.#ports;
    await (cluster.isShared ? recoverShared(db) : releaseSockets(db));
    await this.#elsewhere.begin();
  }

  /** How a TPV takes its instructions, and one of them, in this process. */
  intakeOf(tpvId: string, id: string): Intake {
    const { clock } = this.#ports;
    const window = this.sockets.windowOf(tpvId);
    const dueAt = window?.dueAt(id);
    return {
      socket: window && {
        inFlight: window.inFlight,
        maxInFlight: window.sink.maxInFlight,
        congested: window.sink.congested,
      },
      ...this.pollers.look(tpvId),
      againAt: dueAt === undefined ? undefined : wallTime(clock, dueAt),
    };
  }

  /** Once a second: what other processes made ready goes out; sockets that say nothing get theirs again, or lose it. */
  async tick(): Promise<void> {
    if (await this.#elsewhere.isNew()) {
      for (const tpvId of [...this.sockets.connected()]) this.sockets.ready(tpvId);
      for (const tpvId of [...this.pollers.waiting()]) this.pollers.wake(tpvId);
    }
    await this.sockets.tick();
  }

  /**
   * Once a second, where several hubs share the database: what another hub made ready goes out, though its hint was lost.
   */
  async look(): Promise<Look> {
    const looked = await this.sockets.look(this.pollers.waiting());
    for (const tpvId of looked.waiting) this.pollers.wake(tpvId);
    return looked;
  }

  /** Something may be there for the TPV, as another hub says. */
  wake(tpvId: string): void {
    this.sockets.ready(tpvId);
    this.pollers.wake(tpvId);
  }

  /** From now on nothing new goes out; long polls are answered empty. Resolves when what was under way is out. */
  async drain(): Promise<void> {
    this.sockets.drain();
    this.pollers.end();
    const { db, clock, onFault } = this.#ports;
    // Commits happen in order: behind this one, nothing is handed out any more. A database that hangs is not waited for.
    const patience = new AbortController();
    const handedOut = db.transact(async () => {}).catch(onFault);
    await Promise.race([handedOut, pause(clock, DRAIN_PATIENCE_MS, patience.signal)]);
    patience.abort();
  }
}
