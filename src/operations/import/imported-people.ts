import type { Insertable } from 'kysely';
import { inChunks } from '../../db/chunks.ts';
import type { Database } from '../../db/open.ts';
import type { TelegramUserTable } from '../../db/schema.ts';
import { searchable } from '../../db/searchable.ts';
import { type DjangoSource, rowsOf } from './django-source.ts';
import { flagOf, numberOf, textOf, timeOf, uuidOf } from './django-values.ts';
import type { ErasedPeople } from './erased-people.ts';
import type { KnownTpv } from './imported-tpvs.ts';
import type { Tally } from './tally.ts';

const TABLE = 'webhook_telegramuser';

export interface Person {
  telegramId: number;
  username: string | null;
  tpvId: string | null;
}

export interface PeoplePlan {
  create: Insertable<TelegramUserTable>[];
  /** By the former service's row number. */
  byRow: ReadonlyMap<string, Person>;
}

/** Looks at the people and at who attends them. */
export async function planPeople(
  source: DjangoSource,
  db: Database,
  { tpvs, erased }: { tpvs: ReadonlyMap<string, KnownTpv>; erased: ErasedPeople },
  tally: Tally,
  now: number,
): Promise<PeoplePlan> {
  const rows = await db.read.selectFrom('telegram_users').select('telegram_id').execute();
  const there = new Set(rows.map((row) => row.telegram_id));
  const byRow = new Map<string, Person>();
  const create: PeoplePlan['create'] = [];
  for (const raw of await rowsOf(source, TABLE, `select * from ${TABLE} order by id`)) {
    const telegramId = numberOf(raw.telegram_id);
    if (telegramId === undefined || telegramId <= 0) {
      tally.leaveOut('people', `Person ${textOf(raw.telegram_id)}: that is no person's id in Telegram.`);
      continue;
    }
    const tpvId = tpvOf(raw.tpv_instance_id, telegramId, tpvs, tally);
    const username = textOf(raw.username) === '' ? null : textOf(raw.username);
    byRow.set(String(raw.id), { telegramId, username, tpvId });
    if (there.has(telegramId)) {
      tally.present('people');
      continue;
    }
    if (erased.has(telegramId, timeOf(raw.created_at))) {
      tally.leaveOut('people');
      continue;
    }
    there.add(telegramId);
    const [first, last] = [textOf(raw.first_name), textOf(raw.last_name)];
    const createdAt = timeOf(raw.created_at) ?? now;
    create.push({
      telegram_id: telegramId,
      username,
      first_name: first,
      last_name: last,
      language_code: textOf(raw.language_code),
      is_active: flagOf(raw.is_active) ? 1 : 0,
      tpv_id: tpvId,
      created_at: createdAt,
      last_interaction: timeOf(raw.last_interaction) ?? createdAt,
      unassigned_told_at: null,
      search: searchable(`${first} ${last} ${username ?? ''} ${telegramId}`),
    });
    tally.create('people');
  }
  return { create, byRow };
}

function tpvOf(raw: unknown, telegramId: number, tpvs: ReadonlyMap<string, KnownTpv>, tally: Tally): string | null {
  if (raw === null || raw === undefined) return null;
  const id = uuidOf(raw);
  if (id !== undefined && tpvs.has(id)) return id;
  tally.remark(`Person ${telegramId}: their TPV ${textOf(raw)} is not there; they are assigned when they write.`);
  return null;
}

/** Rows of one commit: the hub may be running. */
const PAGE = 200;

/** Writes people, and moves the number of people of their TPVs along. */
export async function createPeople(db: Database, create: PeoplePlan['create']): Promise<void> {
  await inChunks(create, PAGE, (page) =>
    db.transact(async (tx) => {
      const written = await tx.kysely
        .insertInto('telegram_users')
        .values(page)
        .onConflict((c) => c.column('telegram_id').doNothing())
        .returning('tpv_id')
        .execute();
      const seats = new Map<string, number>();
      for (const { tpv_id: id } of written) if (id !== null) seats.set(id, (seats.get(id) ?? 0) + 1);
      for (const [id, count] of seats) {
        await tx.kysely
          .updateTable('tpv_instances')
          .set((eb) => ({ user_count: eb('user_count', '+', count) }))
          .where('id', '=', id)
          .execute();
      }
    }),
  );
}
