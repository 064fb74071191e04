import { sql } from 'kysely';
import { vi } from 'vitest';
import { nextTurn } from '../../src/clock.ts';
import type { Database } from '../../src/db/open.ts';
import { WAIT_MS } from './within.ts';

/** A transaction that stays open until a test lets it go; what is asked for meanwhile waits for the next commit. */
export interface Hold {
  /** Resolves when it runs: what is asked for from here on shares no commit with it. */
  readonly running: Promise<void>;
  /** Resolves when so many transactions were asked for since it was. */
  asked(count: number): Promise<void>;
  /** Lets it commit, alone; resolves once it has. */
  release(): Promise<void>;
}

/** Holds up every commit of the database, so that a test decides what shares the next one. */
export function holdCommits(db: Database): Hold {
  const running = Promise.withResolvers<void>();
  let isHeld = true;
  const done = db.transact(async ({ kysely }) => {
    running.resolve();
    // PostgreSQL ends a transaction that says nothing for 2 s.
    for (; isHeld; await nextTurn()) await sql`select 1`.execute(kysely);
  });
  const asking = vi.spyOn(db, 'transact');
  const before = asking.mock.calls.length;
  return {
    running: running.promise,
    asked: (count) =>
      vi.waitFor(
        () => {
          const asked = asking.mock.calls.length - before;
          if (asked < count) throw new Error(`${asked} of ${count} transactions were asked for.`);
        },
        { timeout: WAIT_MS, interval: 1 },
      ),
    release() {
      isHeld = false;
      return done;
    },
  };
}
