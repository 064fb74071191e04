import { inChunks } from '../db/chunks.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { enqueue, hubSentence } from '../push/enqueue.ts';
import type { Alarm, AlarmCode } from './alarm.ts';
import { hearsOf, type Listener, listeners } from './alarm-choice.ts';
import { endedUntold, openAlarms } from './alarm-store.ts';
import { silentNow } from './maintenance-windows.ts';

/** What is said of alarms, as HTML; src/telegram has the words. */
export interface AlarmWords {
  raised(alarms: readonly Alarm[], now: number): string;
  /** They were told hours ago. */
  lasting(alarms: readonly Alarm[], now: number): string;
  ended(alarms: readonly Alarm[], now: number): string;
}

export interface TellPorts {
  db: Database;
  words: AlarmWords;
  /** How long a TPV has been away when it counts as offline. */
  offlineGraceMs: number;
}

/** What is over sooner is told to no person. */
const PERSISTENCE_MS = 60_000;
/** What is not told yet is told along with what is due, if it lasts for at least this much less. */
const JOIN_MS = 30_000;
const REPEAT_MS = 6 * 3_600_000;
/** What is to be repeated soon is repeated along with what is due. */
const REPEAT_JOIN_MS = 10 * 60_000;
/** Ends wait for others, so that a hundred TPVs that come back are one message: this long after the last … */
const END_QUIET_MS = 10_000;
/** … and no longer than this after the first. */
const END_PATIENCE_MS = 60_000;
/** Alarms marked as told by one statement. */
const MARKED_AT_ONCE = 200;

const allNotices = statement<object>()((db) => db.selectFrom('alarm_notices').selectAll());

/** A person's chat, and the accounts whose alarms they hear there. */
interface Chat {
  telegramId: number;
  accounts: Listener[];
}

/** When each account's person was told of an alarm last, by its id. */
type Told = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Tells the persons of linked accounts what changed: each alarm once after it has lasted for a minute, again every 6
 * hours, and its end. Who is told and that they are is one commit with the messages, so that a process that is killed
 * neither forgets nor repeats one. Calls must not overlap.
 */
export async function tellAlarms(ports: TellPorts, now: number): Promise<void> {
  const { db, words } = ports;
  const [open, ended] = [await openAlarms(db), await endedUntold(db)];
  if (open.length === 0 && ended.length === 0) return;
  const chats = chatsOf(await listeners(db));
  const isSilent = await silentNow(db, now);
  const audible = open.filter(({ tpv }) => !isSilent(tpv?.id));
  const told = await toldBefore(db);
  const over = areSettled(ended, now) ? ended : [];
  const messages = chats.flatMap((chat) => {
    const heard = toldAtOf(chat, told);
    const wanted = audible.filter((alarm) => chat.accounts.some((account) => hearsOf(account, alarm)));
    return [
      { chat, alarms: toRaise(wanted, heard, ports.offlineGraceMs, now), say: words.raised },
      { chat, alarms: toRepeat(wanted, heard, now), say: words.lasting },
      { chat, alarms: over.filter(({ id }) => heard.has(id)), say: words.ended },
    ].filter(({ alarms }) => alarms.length > 0);
  });
  if (messages.length === 0 && over.length === 0) return;
  await db.transact(async (tx) => {
    for (const { chat, alarms, say } of messages) {
      await enqueue(tx, hubSentence(chat.telegramId, say(alarms, now)), now);
      if (say === words.ended) continue;
      await markTold(tx, chat, alarms, now);
    }
    await forgetNotices(tx, over);
  }, HOUSEKEEPING);
}

/** A person may be linked to several accounts, and hears each alarm once all the same. */
function chatsOf(all: readonly Listener[]): Chat[] {
  const byPerson = Map.groupBy(all, ({ telegramId }) => telegramId);
  return [...byPerson].map(([telegramId, accounts]) => ({ telegramId, accounts }));
}

async function toldBefore(db: Database): Promise<Told> {
  const rows = await db.query(allNotices, {});
  const byAlarm = Map.groupBy(rows, ({ alarm_id: id }) => id);
  return new Map([...byAlarm].map(([id, notices]) => [id, new Map(notices.map((one) => [one.admin_id, one.told_at]))]));
}

/** When this chat was told of each alarm last, by its id. */
function toldAtOf({ accounts }: Chat, told: Told): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [id, byAccount] of told) {
    for (const { accountId } of accounts) {
      const at = byAccount.get(accountId);
      if (at !== undefined) times.set(id, Math.max(at, times.get(id) ?? 0));
    }
  }
  return times;
}

function toRaise(wanted: readonly Alarm[], heard: ReadonlyMap<string, number>, graceMs: number, now: number): Alarm[] {
  const fresh = wanted.filter(({ id }) => !heard.has(id));
  const overdueMs = ({ code, raisedAt }: Alarm) => now - raisedAt - persistenceMs(code, graceMs);
  return fresh.some((alarm) => overdueMs(alarm) >= 0) ? fresh.filter((alarm) => overdueMs(alarm) >= -JOIN_MS) : [];
}

/** A TPV whose socket closed has been away for the grace already. */
function persistenceMs(code: AlarmCode, graceMs: number): number {
  return code === 'tpv_offline_with_users' ? Math.max(0, PERSISTENCE_MS - graceMs) : PERSISTENCE_MS;
}

function toRepeat(wanted: readonly Alarm[], heard: ReadonlyMap<string, number>, now: number): Alarm[] {
  const since = ({ id }: Alarm) => now - (heard.get(id) ?? now);
  const isDue = wanted.some((alarm) => since(alarm) >= REPEAT_MS);
  return isDue ? wanted.filter((alarm) => since(alarm) >= REPEAT_MS - REPEAT_JOIN_MS) : [];
}

function areSettled(ended: readonly Alarm[], now: number): boolean {
  const times = ended.map(({ endedAt }) => endedAt ?? now);
  return Math.max(...times) <= now - END_QUIET_MS || Math.min(...times) <= now - END_PATIENCE_MS;
}

async function markTold(tx: Tx, { accounts }: Chat, alarms: readonly Alarm[], now: number): Promise<void> {
  await inChunks(alarms, MARKED_AT_ONCE, async (few) => {
    const ids = few.map(({ id }) => id);
    await tx.kysely.updateTable('alarms').set({ told_at: now }).where('id', 'in', ids).execute();
    for (const { accountId } of accounts) {
      await tx.kysely
        .insertInto('alarm_notices')
        .values(ids.map((id) => ({ alarm_id: id, admin_id: accountId, told_at: now })))
        .onConflict((c) => c.columns(['alarm_id', 'admin_id']).doUpdateSet({ told_at: now }))
        .execute();
    }
  });
}

/** Whoever heard of them knows their end now. */
async function forgetNotices(tx: Tx, alarms: readonly Alarm[]): Promise<void> {
  await inChunks(alarms, MARKED_AT_ONCE, (few) =>
    tx.kysely
      .deleteFrom('alarm_notices')
      .where(
        'alarm_id',
        'in',
        few.map(({ id }) => id),
      )
      .execute(),
  );
}
