import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { releaseHolder } from '../instructions/instruction-store.ts';
import type { DeliveryObserver } from './claim.ts';
import type { Sink } from './sink.ts';
import type { SocketRows } from './socket-rows.ts';

export interface ClosedSocketsPorts {
  db: Database;
  /** Where several hubs share the database. */
  rows?: SocketRows | undefined;
  observer?: DeliveryObserver | undefined;
  onFault(error: unknown): void;
}

/** Sockets that are gone: what they held is pending again, at once or as soon as the database takes it. */
export class ClosedSockets {
  readonly #ports: ClosedSocketsPorts;
  /** Those whose rows could not be given back yet. */
  readonly #waiting = new Map<string, Sink>();

  constructor(ports: ClosedSocketsPorts) {
    this.#ports = ports;
  }

  /** Gives back what the socket held. Never rejects: where it fails, the next tick tries again. */
  async release(sink: Sink): Promise<void> {
    const { db, rows, observer, onFault } = this.#ports;
    this.#waiting.set(sink.id, sink);
    try {
      await db.transact(async (tx) => {
        await rows?.close(tx, sink);
        const released = await tx.run(releaseHolder, { tpvId: sink.tpvId, holder: sink.id });
        if (released.length > 0) tx.emit({ type: 'instruction.ready', tpvId: sink.tpvId });
        tx.afterCommit(() => {
          this.#waiting.delete(sink.id);
          observer?.returned(released.map(({ id }) => id));
        });
      });
    } catch (error) {
      if (!(error instanceof HubError && error.code === 'unavailable')) this.#waiting.delete(sink.id);
      onFault(error);
    }
  }

  async tick(): Promise<void> {
    for (const sink of [...this.#waiting.values()]) await this.release(sink);
  }
}
