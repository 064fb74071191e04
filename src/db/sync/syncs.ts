import { DatabaseFault } from '../fault.ts';

export interface SyncsPorts {
  /** How many syncs may be under way at once. */
  most: number;
  /**
   * Makes durable whatever was written to the log before the call.
   * @param slot from 0 to `most` - 1; one call at a time for each
   */
  sync(slot: number): Promise<void>;
  /** A sync begins, which covers the commits up to this one; nothing is committed meanwhile. */
  onBegin(commit: number): void;
  /** The commits up to this one are on disk; called before `durable` resolves. */
  onDurable(commit: number): void;
  /** A sync failed: nothing that was not on disk by then may ever be told. Called once. */
  onFailed(fault: DatabaseFault): void;
}

/** Who waits until a commit is on disk. */
interface Waiting {
  commit: number;
  resolve(): void;
  reject(fault: DatabaseFault): void;
}

/**
 * Knows which commits are on disk. A commit begins a sync, at most a few at once; what is committed while all of them
 * are under way shares the next one. A sync covers everything that was written before it began, so when one is back,
 * all earlier commits are on disk too, whichever sync was theirs.
 *
 * A failed sync is final: the system may have dropped what it could not write, and the next sync would succeed without
 * it.
 */
export class Syncs {
  readonly #ports: SyncsPorts;
  readonly #free: number[];
  /** The commits are counted from 1: the newest one, the newest that a sync covers, the newest on disk. */
  #committed = 0;
  #begun = 0;
  #durable = 0;
  /** In the order of their commits. */
  #waiting: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #fault: DatabaseFault | undefined;

  constructor(ports: SyncsPorts) {
    this.#ports = ports;
    this.#free = Array.from({ length: ports.most }, (_, slot) => slot);
  }

  /** Whether something was committed that is not on disk yet. */
  get behind(): boolean {
    return this.#durable < this.#committed;
  }

  /** What made a sync fail; undefined as long as none did. */
  get fault(): DatabaseFault | undefined {
    return this.#fault;
  }

  /** Something was committed, just now. */
  committed(): void {
    this.#committed++;
    this.#begin();
  }

  /**
   * Resolves once everything that was committed before the call is on disk; undefined if it is.
   * @throws DatabaseFault (it rejects) if it can't be known to get there
   */
  durable(): Promise<void> | undefined {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (!this.behind) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit: this.#committed, resolve, reject });
    });
  }

  /** Resolves when no sync is under way: one that another overtook may be, with no caller waiting for it. */
  async ended(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #begin(): void {
    if (this.#begun === this.#committed || this.#fault !== undefined) return;
    const slot = this.#free.pop();
    if (slot === undefined) return;
    const covered = this.#committed;
    this.#begun = covered;
    this.#ports.onBegin(covered);
    const sync = this.#ports.sync(slot).then(
      () => {
        this.#underWay.delete(sync);
        this.#free.push(slot);
        this.#reached(covered);
        this.#begin();
      },
      (cause) => {
        this.#underWay.delete(sync);
        this.#failed(cause);
      },
    );
    this.#underWay.add(sync);
  }

  #reached(commit: number): void {
    if (this.#fault !== undefined || commit <= this.#durable) return;
    this.#durable = commit;
    this.#ports.onDurable(commit);
    const later = this.#waiting.findIndex((one) => one.commit > commit);
    const reached = this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    for (const { resolve } of reached) resolve();
  }

  #failed(cause: unknown): void {
    if (this.#fault !== undefined) return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#fault = new DatabaseFault('refused', `The disk could not keep what was written (${reason}).`, cause);
    this.#ports.onFailed(this.#fault);
    for (const { reject } of this.#waiting) reject(this.#fault);
    this.#waiting = [];
  }
}
