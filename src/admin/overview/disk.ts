import type { Cancel, Clock } from '../../clock.ts';
import { type DiskSpace, isNearlyFull } from '../../observability/disk-space.ts';

const LOOK_INTERVAL_MS = 60_000;

export interface DiskPorts {
  clock: Clock;
  /** Undefined if the database is on another machine. */
  read(): Promise<DiskSpace | undefined>;
  onFault(error: unknown): void;
}

/** Looks once a minute how much room there is, as asking may take its time. */
export class DiskWatch {
  readonly #ports: DiskPorts;
  readonly #cancel: Cancel;
  /** Undefined if it is not known. */
  room: DiskSpace | undefined;
  /** Since when it is nearly full, in milliseconds. */
  fullSince: number | undefined;

  constructor(ports: DiskPorts) {
    this.#ports = ports;
    const look = () => void this.look().catch(ports.onFault);
    this.#cancel = ports.clock.every(LOOK_INTERVAL_MS, look);
    look();
  }

  async look(): Promise<void> {
    this.room = await this.#ports.read();
    const full = this.room !== undefined && isNearlyFull(this.room);
    this.fullSince = full ? (this.fullSince ?? this.#ports.clock.now()) : undefined;
  }

  stop(): void {
    this.#cancel();
  }
}
