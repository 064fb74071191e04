import { workEpoch } from '../db/epoch.ts';
import type { Database } from '../db/open.ts';

/**
 * What other processes made ready (the command line, say): their events do not reach this one, so it compares a number
 * in the database that grows with each of them.
 */
export class WorkElsewhere {
  readonly #db: Database;
  #epoch = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Begins to compare: what is there now is no news. */
  async begin(): Promise<void> {
    this.#epoch = await workEpoch(this.#db);
  }

  /** Whether another process made something ready since the last look. */
  async isNew(): Promise<boolean> {
    const epoch = await workEpoch(this.#db);
    const isNew = epoch !== this.#epoch;
    this.#epoch = epoch;
    return isNew;
  }
}
