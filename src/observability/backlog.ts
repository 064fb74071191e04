import { MESSAGE_PRIORITY, PRESS_PRIORITY } from '#protocol';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { Tpv } from '../tpvs/tpv.ts';
import { pendingByTpv, pendingOfTpvs, queuedPushes, unassignedInstructions } from './waiting.ts';

/** Counts stop here: an administrator need not know how many more, and counting a million takes its time. */
export const BACKLOG_LIMIT = 1_000;
/** TPVs that have series of their own: those whose first pending instruction is oldest, then the others. */
export const MOST_TPVS = 200;
/** TPVs that one statement looks at; SQLite answers on the hub's own thread. */
const TPVS_AT_A_TIME = 1_000;

interface Waiting {
  pending: number;
  /** How long the first pending one has waited; 0 if none waits. */
  oldestMs: number;
}

/** What waits in the database. */
export interface Backlog {
  tpvs: (Waiting & { id: string; name: string; online: boolean })[];
  /** Instructions that no TPV takes. */
  unassigned: Waiting;
  /** Messages to persons that wait for Telegram. */
  pushes: Waiting;
}

/** What a hub says of it that leaves the telling to another one. */
export const TOLD_ELSEWHERE: Backlog = {
  tpvs: [],
  unassigned: { pending: 0, oldestMs: 0 },
  pushes: { pending: 0, oldestMs: 0 },
};

/**
 * Looks at what waits. Every part is an index's first entries, so that it takes a few milliseconds whatever the size
 * of the tables and of the backlog; it grows with the number of TPVs alone.
 */
export async function readBacklog(
  db: Database,
  now: number,
  isOnline: (tpv: Pick<Tpv, 'id' | 'online_until'>) => boolean,
): Promise<Backlog> {
  const queries = backlogQueries(db);
  const waited = (since: number | null) => (since === null ? 0 : Math.max(0, now - since));
  const first = [];
  for await (const tpv of firstInLine(db)) first.push(tpv);
  const tpvs = first
    .map(({ press, message, ...tpv }) => ({ ...tpv, oldestMs: Math.max(waited(press), waited(message)) }))
    .sort((a, b) => b.oldestMs - a.oldestMs)
    .slice(0, MOST_TPVS);
  const ids = tpvs.map(({ id }) => id);
  const pending = await pendingByTpv(db, ids, BACKLOG_LIMIT);
  const [unassigned, pushes] = await Promise.all([
    queries.unassigned().executeTakeFirstOrThrow(),
    queries.pushes().executeTakeFirstOrThrow(),
  ]);
  return {
    tpvs: tpvs.map((tpv) => ({ ...tpv, online: isOnline(tpv), pending: pending.get(tpv.id) ?? 0 })),
    unassigned: { pending: Number(unassigned.count), oldestMs: waited(unassigned.since) },
    pushes: { pending: Number(pushes.count), oldestMs: waited(pushes.since) },
  };
}

/**
 * Active TPVs whose first pending instruction came before, and when it did; it takes as long as `readBacklog`.
 * @param before in milliseconds
 */
export async function longWaiting(db: Database, before: number): Promise<{ tpvId: string; since: number }[]> {
  const waiting = [];
  for await (const { id, press, message } of firstInLine(db)) {
    const since = Math.min(press ?? Number.POSITIVE_INFINITY, message ?? Number.POSITIVE_INFINITY);
    if (since < before) waiting.push({ tpvId: id, since });
  }
  return waiting;
}

/** Every active TPV with when its first pending press and message came; other work gets its turn in between. */
async function* firstInLine(db: Database) {
  const { firstInLine: page } = backlogQueries(db);
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows: Awaited<ReturnType<ReturnType<typeof page>['execute']>> = await page(after).execute();
    yield* rows;
    after = rows.length < TPVS_AT_A_TIME ? undefined : rows.at(-1)?.id;
    await nextTurn();
  }
}

/** The queries, so that a test can look at their plans. */
export function backlogQueries(db: Database) {
  const { read } = db;
  return {
    /** Active TPVs behind this id, in their order, and when the first pending press and message of each came. */
    firstInLine: (after: string) =>
      read
        .selectFrom('tpv_instances as t')
        .where('t.deleted_at', 'is', null)
        .where('t.is_active', '=', 1)
        .where('t.id', '>', after)
        .select((eb) => {
          const first = (priority: number) =>
            eb
              .selectFrom('instructions as i')
              .select('i.created_at')
              .whereRef('i.tpv_id', '=', 't.id')
              .where('i.status', '=', 'pending')
              .where('i.priority', '=', priority)
              .orderBy('i.seq')
              .limit(1);
          const press = first(PRESS_PRIORITY).as('press');
          return ['t.id', 't.name', 't.online_until', press, first(MESSAGE_PRIORITY).as('message')];
        })
        .orderBy('t.id')
        .limit(TPVS_AT_A_TIME),
    pendingOf: (ids: readonly string[]) => pendingOfTpvs(read, ids, BACKLOG_LIMIT),
    unassigned: () =>
      read
        .selectFrom(unassignedInstructions(read).select('created_at').limit(BACKLOG_LIMIT).as('few'))
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('created_at').as('since')]),
    pushes: () =>
      read
        .selectFrom(queuedPushes(read).select('queued_at').limit(BACKLOG_LIMIT).as('few'))
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('queued_at').as('since')]),
  };
}
