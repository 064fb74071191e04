import { access, constants, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cancel, type Clock, pause } from '../../clock.ts';
import { HubError } from '../../errors.ts';
import type { Logger } from '../../log/log.ts';
import { makeFolder } from '../../ownership.ts';
import { type Copy, type CopyKind, copiesIn, copyName, madeAtOf } from './copies.ts';
import { removePartials } from './partial.ts';
import { outdated } from './rotation.ts';
import { isDue, isOld, type Nightly } from './schedule.ts';

/** Why the last copy could not be made: the disk has no room, the folder can't be used, or what the log says. */
export type BackupFault = 'no_room' | 'folder' | 'failed';

/** How the copies are, for those who look after the hub. */
export interface BackupState {
  folder: string;
  /** Undefined while there is none, and before the first look. */
  newest: Copy | undefined;
  /** Why the last try failed; undefined if it did not. */
  fault: BackupFault | undefined;
  /** The newest copy is too old, and the hub had its time to make another one. */
  isLate: boolean;
}

export interface NightlyBackupPorts {
  clock: Clock;
  log: Logger;
  folder: string;
  kind: CopyKind;
  nightly: Nightly;
  /** Whether the database may be copied now, and by this hub: one that was replaced under it may not. */
  isCopyable(): boolean;
  /** @throws HubError `unavailable` with a sentence if the disk has no room for another copy */
  requireRoom(folder: string): Promise<void>;
  /** Makes a whole copy, or none; ends at once when `signal` is aborted. */
  copy(target: string, signal: AbortSignal): Promise<void>;
}

const LOOK_INTERVAL_MS = 60_000;
const AGAIN_MS = 3_600_000;
/** A killed process is gone by then; a network folder that does not answer must not hold up the hub's end. */
const STOP_MS = 5_000;

/** Makes a copy of the database each night, and gives up old ones once a new one is whole. */
export class NightlyBackup {
  readonly #ports: NightlyBackupPorts;
  readonly #since: number;
  readonly #startedAt: number;
  readonly #cancel: Cancel;
  readonly #ending = new AbortController();
  #looking: Promise<void> | undefined;
  #newest: Copy | undefined;
  #fault: BackupFault | undefined;
  /** By the clock's `elapsed`. */
  #notBefore = 0;

  constructor(ports: NightlyBackupPorts) {
    const { clock } = ports;
    this.#ports = ports;
    this.#since = clock.now();
    this.#startedAt = clock.elapsed();
    this.#cancel = clock.every(LOOK_INTERVAL_MS, () => void this.look());
  }

  /** Makes a copy if one is due; resolves when that is done, or has failed. One look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  state(): BackupState {
    const { clock, folder } = this.#ports;
    const hadItsTime = this.#fault !== undefined || clock.elapsed() - this.#startedAt > AGAIN_MS;
    const isLate = hadItsTime && isOld(this.#newest?.madeAt, clock.now());
    return { folder, newest: this.#newest, fault: this.#fault, isLate };
  }

  /** Ends a copy that is being made, too; again is fine. */
  async stop(): Promise<void> {
    this.#cancel();
    this.#ending.abort();
    const ended = new AbortController();
    await Promise.race([this.#looking, pause(this.#ports.clock, STOP_MS, ended.signal)]);
    ended.abort();
  }

  async #look(): Promise<void> {
    const { clock, folder, nightly, isCopyable, requireRoom } = this.#ports;
    if (clock.elapsed() < this.#notBefore) return;
    const now = clock.now();
    const isWanted = () => isDue(nightly, { now, since: this.#since, newest: this.#newest?.madeAt });
    try {
      this.#newest = newestOf(await copiesIn(folder), now);
      if (!isWanted() || !isCopyable()) return;
      await access(folder).catch(() => makeFolder(folder));
      await access(folder, constants.W_OK);
    } catch (err) {
      return this.#failed('folder', err);
    }
    // A hub that was killed left its own.
    this.#tidy();
    try {
      await requireRoom(folder);
    } catch (err) {
      return this.#failed(err instanceof HubError ? 'no_room' : 'failed', err);
    }
    await this.#make(now);
  }

  async #make(now: number): Promise<void> {
    const { clock, log, folder, kind } = this.#ports;
    const { signal } = this.#ending;
    const copy = copyName(now, kind);
    const startedAt = clock.elapsed();
    try {
      signal.throwIfAborted();
      await this.#ports.copy(join(folder, copy), signal);
      const copies = await copiesIn(folder);
      this.#newest = newestOf(copies, now);
      this.#fault = undefined;
      const removed = await this.#rotate(copies, now);
      const seconds = Math.round((clock.elapsed() - startedAt) / 1_000);
      log.info({ copy, bytes: this.#newest?.bytes, seconds, removed }, 'made the nightly copy of the database');
    } catch (err) {
      if (!signal.aborted) this.#failed('failed', err);
      this.#tidy();
    }
  }

  /** @returns the names of those that are given up */
  async #rotate(copies: readonly Copy[], now: number): Promise<string[]> {
    const { log, folder, nightly } = this.#ports;
    const names = outdated(copies, now, nightly.zone).map(({ name }) => name);
    for (const copy of names) {
      await unlink(join(folder, copy)).catch((err) => log.warn({ err, copy }, 'could not remove an old copy'));
    }
    return names;
  }

  /** Not left until the next night: the disk may be full because of it. */
  #tidy(): void {
    const { log, folder } = this.#ports;
    try {
      removePartials(folder, (name) => madeAtOf(name) !== undefined);
    } catch (err) {
      log.warn({ err }, 'could not remove what is left of a copy; the next one tries again');
    }
  }

  #failed(fault: BackupFault, err: unknown): void {
    const { clock, log } = this.#ports;
    this.#fault = fault;
    this.#notBefore = clock.elapsed() + AGAIN_MS;
    log.error({ err, fault }, 'could not make the nightly copy of the database; it tries again in an hour');
  }
}

/** One whose time has not come was made while the clock was wrong. */
function newestOf(copies: readonly Copy[], now: number): Copy | undefined {
  return copies.find(({ madeAt }) => madeAt <= now);
}
