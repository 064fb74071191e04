import { audit } from '../audit/audit.ts';
import { nextTurn } from '../clock.ts';
import { inChunks } from '../db/chunks.ts';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { Logger } from '../log/log.ts';
import { askErasure } from './ask-erasure.ts';
import { type ErasePorts, goOnErasing } from './erase.ts';
import type { ErasureNote, ErasureNotes, NotedErasures } from './erasure-notes.ts';

export interface EraseAgainPorts extends ErasePorts {
  notes: Pick<ErasureNotes, 'note' | 'read'>;
  log: Pick<Logger, 'warn' | 'error'>;
  now(): number;
}

/** People, or notes, of one query. */
const PAGE = 500;
/** Pages erased before the hub is ready, so that no message that waits in the copy is sent again; the rest follows. */
const PAGES_AT_ONCE = 200;

/**
 * Erases again the people whom a restored copy of the database brought back: the notes beside it name erasures that the
 * database does not know. A person who wrote again after the erasure stays. When all of them are asked for, the database
 * gets to know those erasures; a process that ends before that begins again at its next start.
 * @returns how many people
 */
export async function eraseAgain(ports: EraseAgainPorts): Promise<number> {
  const { db, log, now } = ports;
  const noted = await ports.notes.read().catch((err: unknown) => {
    log.error({ err }, 'the notes of erasures were not read: a restored copy may hold people who were erased');
    return undefined;
  });
  const unknown = await unknownTo(db, noted?.notes ?? []);
  let people = 0;
  if (noted !== undefined && unknown.length > 0) {
    people = await askAgain(ports, lastOfEach(unknown), noted);
    await inChunks(unknown, PAGE, (chunk) => keepKnown(db, chunk, now()));
    if (people > 0) log.warn({ people }, 'the database is from before people were erased: they are erased again');
  }
  await eraseFirstPages(ports);
  return people;
}

/** Notes of which the database has no request. An erasure that was asked for twice was noted with the later time. */
async function unknownTo(db: Database, notes: readonly ErasureNote[]): Promise<ErasureNote[]> {
  const unknown: ErasureNote[] = [];
  await inChunks(notes, PAGE, async (chunk) => {
    const ids = chunk.map(({ id }) => id);
    const rows = await db.read
      .selectFrom('person_requests')
      .select(['id', 'asked_at'])
      .where('id', 'in', ids)
      .execute();
    const askedAt = new Map(rows.map((row) => [row.id, row.asked_at]));
    unknown.push(...chunk.filter(({ id, at }) => (askedAt.get(id) ?? -1) < at));
    await nextTurn();
  });
  return unknown;
}

function lastOfEach(notes: readonly ErasureNote[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { person, at } of notes) last.set(person, Math.max(at, last.get(person) ?? 0));
  return last;
}

const peopleAfter = statement<{ after: number; limit: number }>()((db, p) =>
  db
    .selectFrom('telegram_users')
    .select(['telegram_id', 'created_at'])
    .where('telegram_id', '>', p('after'))
    .orderBy('telegram_id')
    .limit(p('limit')),
);

async function askAgain(
  { db, now }: EraseAgainPorts,
  erasedAt: ReadonlyMap<string, number>,
  { personOf }: NotedErasures,
): Promise<number> {
  let people = 0;
  for (let after = 0; ; await nextTurn()) {
    const page = await db.query(peopleAfter, { after, limit: PAGE });
    for (const { telegram_id: telegramId, created_at: createdAt } of page) {
      after = telegramId;
      const at = erasedAt.get(personOf(telegramId));
      if (at === undefined || createdAt > at) continue;
      await db.transact(async (tx) => {
        await askErasure(tx, telegramId, now(), { erasedAt: at });
        const details = { restored: true };
        await audit(tx, { actor: 'hub', action: 'user.erase', target: { kind: 'user' }, details }, now());
      });
      people++;
    }
    if (page.length < PAGE) return people;
  }
}

/** Has the database know these erasures from now on, as if it had done them. */
async function keepKnown(db: Database, notes: readonly ErasureNote[], now: number): Promise<void> {
  const done = { kind: 'erasure', language_code: '', step: 'done', instructions_to: 0, pushes_to: 0 } as const;
  await db.transact(({ kysely }) =>
    kysely
      .insertInto('person_requests')
      .values(notes.map(({ id, at }) => ({ ...done, id, asked_at: at, done_at: now })))
      // The copy may have the request, from before it was asked for once more.
      .onConflict((c) => c.column('id').doUpdateSet((eb) => ({ asked_at: eb.ref('excluded.asked_at') })))
      .execute(),
  );
}

/** Erasures of people who came back: they have their own id in the place of a last message. */
const askedAgain = statement<{ limit: number }>()((db, p) =>
  db
    .selectFrom('person_requests')
    .selectAll()
    .where('done_at', 'is', null)
    .where('step', 'in', ['presses', 'instructions', 'messages'])
    .whereRef('farewell_id', '=', 'id')
    .orderBy('asked_at')
    .limit(p('limit')),
);

async function eraseFirstPages(ports: EraseAgainPorts): Promise<void> {
  let left = PAGES_AT_ONCE;
  for (const request of await ports.db.query(askedAgain, { limit: PAGES_AT_ONCE })) {
    const { telegram_id: telegramId } = request;
    if (telegramId === null || left === 0) continue;
    const one = { ...request, telegram_id: telegramId };
    left = await goOnErasing(ports, one, { most: left, before: 'updates' }, ports.now());
  }
}
