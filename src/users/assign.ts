import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { storedValue, storeValue } from '../db/stored-value.ts';
import { HubError } from '../errors.ts';
import { serviceOf } from '../tpvs/service/service-column.ts';
import type { Tpv } from '../tpvs/tpv.ts';
import { type Candidate, leastUsers, roundRobin } from './strategies.ts';
import { tpvOfUser } from './user.ts';

export type StrategyName = AutomaticStrategy | 'specific';
type AutomaticStrategy = 'least_users' | 'round_robin';

/** What assigning asks of the rest of the hub. */
export interface AssignPorts {
  strategy(): StrategyName;
  isOnline(tpv: Pick<Tpv, 'id' | 'online_until'>): boolean;
  /** By which timetables are read. */
  now(): number;
}

const ROUND_ROBIN_LAST = 'round_robin_last';

const candidates = statement<object>()((db) =>
  db
    .selectFrom('tpv_instances')
    .select(['id', 'user_count', 'online_until', 'service'])
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .whereRef('user_count', '<', 'max_users'),
);

// The two conditions keep a TPV within its limit and a person with one TPV, even if other assignments run now.
const claimSlot = statement<{ tpvId: string }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set((eb) => ({ user_count: eb('user_count', '+', 1) }))
    .where('id', '=', p('tpvId'))
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .whereRef('user_count', '<', 'max_users')
    .returning('id'),
);
const addToTpv = statement<{ tpvId: string; telegramId: number }>()((db, p) =>
  db
    .updateTable('telegram_users')
    .set({ tpv_id: p('tpvId'), unassigned_told_at: null })
    .where('telegram_id', '=', p('telegramId'))
    .where('tpv_id', 'is', null)
    .returning('telegram_id'),
);
export const releaseSlot = statement<{ tpvId: string }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set((eb) => ({ user_count: eb('user_count', '-', 1) }))
    .where('id', '=', p('tpvId')),
);
const changeSeat = statement<{ telegramId: number; before: string; tpvId: string }>()((db, p) =>
  db
    .updateTable('telegram_users')
    .set({ tpv_id: p('tpvId'), unassigned_told_at: null })
    .where('telegram_id', '=', p('telegramId'))
    .where('tpv_id', '=', p('before'))
    .returning('telegram_id'),
);
const markTold = statement<{ telegramId: number; now: number }>()((db, p) =>
  db
    .updateTable('telegram_users')
    .set({ unassigned_told_at: p('now') })
    .where('telegram_id', '=', p('telegramId')),
);

/**
 * Gives an unassigned person a TPV by the strategy in force.
 * @returns the TPV's id, or undefined if none can take one more
 */
export async function assign(tx: Tx, ports: AssignPorts, telegramId: number): Promise<string | undefined> {
  const strategy = ports.strategy();
  if (strategy === 'specific') return undefined;
  const seats = await tx.shared('seats', () => readSeats(tx, ports, strategy));
  for (;;) {
    const chosen = choose(strategy, seats);
    if (chosen === undefined) return undefined;
    // Others who run beside this one choose by it at once.
    chosen.userCount++;
    seats.last = chosen.id;
    const outcome = await takeSeat(tx, chosen.id, telegramId);
    if (outcome === 'full') {
      seats.open = seats.open.filter((candidate) => candidate !== chosen);
      continue;
    }
    if (outcome === 'seated_elsewhere') {
      chosen.userCount--;
      return undefined;
    }
    if (strategy === 'round_robin') await tx.run(storeValue, { key: ROUND_ROBIN_LAST, value: chosen.id });
    return chosen.id;
  }
}

/** The TPVs that may take one more user, and which of them got the last one. */
interface Seats {
  open: Candidate[];
  last: string | undefined;
}

async function readSeats(tx: Tx, ports: AssignPorts, strategy: AutomaticStrategy): Promise<Seats> {
  const rows = await tx.run(candidates, {});
  const [last] = strategy === 'round_robin' ? await tx.run(storedValue, { key: ROUND_ROBIN_LAST }) : [];
  const now = ports.now();
  const open = rows.map((row) => ({
    id: row.id,
    userCount: row.user_count,
    online: ports.isOnline(row),
    service: serviceOf(row, now).state,
  }));
  return { open, last: last?.value };
}

function choose(strategy: AutomaticStrategy, { open, last }: Seats): Candidate | undefined {
  switch (strategy) {
    case 'least_users':
      return leastUsers(open);
    case 'round_robin':
      return roundRobin(open, last);
    default:
      return strategy satisfies never;
  }
}

/** Assigns an unassigned person to a TPV, unless it has no room (any more), or the person has one meanwhile. */
async function takeSeat(tx: Tx, tpvId: string, telegramId: number): Promise<'seated' | 'full' | 'seated_elsewhere'> {
  const [taken] = await tx.run(claimSlot, { tpvId });
  if (taken === undefined) return 'full';
  const [sitting] = await tx.run(addToTpv, { tpvId, telegramId });
  if (sitting !== undefined) return 'seated';
  await tx.run(releaseSlot, { tpvId });
  return 'seated_elsewhere';
}

/**
 * Moves a person who is known to this TPV, from another or from none.
 * @returns `unchanged` if they are there already, `full` (nothing changed) if it is inactive or has no room
 */
export async function moveUser(tx: Tx, telegramId: number, tpvId: string): Promise<'moved' | 'unchanged' | 'full'> {
  for (;;) {
    const [user] = await tx.run(tpvOfUser, { telegramId });
    if (user === undefined) throw new HubError('not_found', `Nobody with the id ${telegramId} has written yet.`);
    const before = user.tpv_id;
    if (before === tpvId) return 'unchanged';
    const [taken] = await tx.run(claimSlot, { tpvId });
    if (taken === undefined) return 'full';
    const [sitting] = await (before === null
      ? tx.run(addToTpv, { tpvId, telegramId })
      : tx.run(changeSeat, { tpvId, telegramId, before }));
    if (sitting !== undefined) {
      if (before !== null) {
        await tx.run(releaseSlot, { tpvId: before });
        tx.changed('tpv', before);
      }
      return 'moved';
    }
    // Another process moved them in between: look again.
    await tx.run(releaseSlot, { tpvId });
  }
}

/** Remembers that the person has read that no TPV can attend them yet. */
export async function markUnassignedTold(tx: Tx, telegramId: number, now: number): Promise<void> {
  await tx.run(markTold, { telegramId, now });
}

/**
 * Takes users from a TPV; they are assigned again when they write, or when their messages find a TPV.
 * @param most how many at the most
 * @returns their Telegram ids
 */
export async function releaseUsers(tx: Tx, tpvId: string, most: number): Promise<number[]> {
  const released = await tx.kysely
    .updateTable('telegram_users')
    .set({ tpv_id: null })
    .where('telegram_id', 'in', (users) =>
      users.selectFrom('telegram_users').select('telegram_id').where('tpv_id', '=', tpvId).limit(most),
    )
    .where('tpv_id', '=', tpvId)
    .returning('telegram_id')
    .execute();
  await tx.kysely
    .updateTable('tpv_instances')
    .set((eb) => ({ user_count: eb('user_count', '-', released.length) }))
    .where('id', '=', tpvId)
    .execute();
  return released.map((user) => user.telegram_id);
}
