import { CompiledQuery, sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import type { Statement } from '../../src/db/statement.ts';
import { type HandOut, submit } from '../../src/instructions/submit.ts';
import { eraseInstructions } from '../../src/rights/erase-rows.ts';
import { type OpenRequest, openRequests, waitingErasures } from '../../src/rights/request-store.ts';
import { givenOrder } from '../../src/rights/tpv-order.ts';
import { updatesThatName } from '../../src/rights/updates-that-name.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';

const NO_SOCKET: HandOut = { reserve: () => undefined, cancel: () => {}, deliver: () => {} };
const ANA = 7_412_589_036;

async function database(dialect: DialectUnderTest): Promise<Database> {
  const DATABASE_URL = await freshDatabase(dialect, 'migrated');
  const db = openDatabase({ DATABASE_URL, DATABASE_DURABILITY: 'normal' });
  onTestFinished(() => db.close());
  return db;
}

/** Puts updates aside, each with a body of so many bytes. */
async function putAside(db: Database, bodies: readonly string[]): Promise<void> {
  await db.transact(async ({ kysely }) => {
    for (const [i, body] of bodies.entries()) {
      const outcome = i % 3 === 0 ? 'quarantined' : 'kept';
      const row = {
        update_id: null,
        kind: 'unknown',
        outcome,
        reason: '',
        raw: Buffer.from(body),
        received_at: i,
      } as const;
      await kysely.insertInto('telegram_updates').values(row).execute();
    }
  });
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('updates that name a person are found in small pages, the newest first, and other work runs in between', async () => {
    const db = await database(dialect);
    const naming = new Set([3, 60, 61, 400, 499]);
    await putAside(
      db,
      Array.from({ length: 500 }, (_, i) => `{"n":${i},"id":${naming.has(i) ? ANA : `1${ANA}`}}`),
    );
    let turns = 0;
    let looking = true;
    const count = () => {
      turns++;
      if (looking) setImmediate(count);
    };
    setImmediate(count);
    const found: number[] = [];
    for await (const page of updatesThatName(db, ANA)) found.push(...page.map(({ received_at: at }) => at));
    looking = false;
    expect(found).toEqual([499, 400, 61, 60, 3]);
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  test('a page of what a person wrote has 50 rows, or fewer that are large, and erases those alone', async () => {
    const db = await database(dialect);
    const write = (text: string, rows: number) =>
      db.transact(async (tx) => {
        const row = { updateId: null, tpvId: null, telegramUserId: ANA, telegramUsername: null, ttlMs: 1_000 };
        for (let i = 0; i < rows; i++) {
          await submit(tx, NO_SOCKET, { ...row, command: 'process_message', payload: jsonText({ text }) }, i);
        }
      });
    const request: OpenRequest = {
      ...{ id: 'erasure', kind: 'erasure', telegram_id: ANA, language_code: 'es', asked_at: 1, step: 'instructions' },
      ...{ instructions_to: Number.MAX_SAFE_INTEGER, pushes_to: 0, farewell_id: null, done_at: null },
    };
    const left = async () => {
      const rows = await db.read.selectFrom('instructions').select('seq').where('telegram_user_id', '=', ANA).execute();
      return rows.length;
    };
    const erasePage = () => db.transact((tx) => eraseInstructions(tx, request, 2));
    await write('x'.repeat(60_000), 20);
    expect([await erasePage(), await left()]).toEqual(['more', 4]);
    await write('corto', 100);
    for (const rows of [54, 4, 0]) expect([await erasePage(), await left()]).toEqual(['more', rows]);
    expect(await erasePage()).toBe('none');
  });

  test('a page of large updates has one of them', async () => {
    const db = await database(dialect);
    await putAside(
      db,
      Array.from({ length: 4 }, () => `{"id":${ANA},"text":"${'x'.repeat(600_000)}"}`),
    );
    const sizes: number[] = [];
    for await (const page of updatesThatName(db, ANA)) sizes.push(page.length);
    expect(sizes).toEqual([1, 1, 1, 1]);
  });
});

/** The plan of a statement as a hub runs it on SQLite. */
async function planOf<P, R>(asked: Statement<P, R>): Promise<string> {
  const db = await database('sqlite');
  const { sql: text, parameters } = asked.build(db.read, () => sql`${1}`).compile();
  const { rows } = await db.read.executeQuery(CompiledQuery.raw(`explain query plan ${text}`, [...parameters]));
  return JSON.stringify(rows);
}

test.each([
  ['whether a TPV has its order', givenOrder, ['INDEX erasure_orders']],
  ['what is under way', openRequests, ['INDEX person_requests_under_way']],
  ['which orders are open', waitingErasures, ['INDEX person_requests_open', 'INDEX erasure_orders']],
] as const)('%s is looked up in an index of its own, however much the person wrote', async (_what, asked, indexes) => {
  const plan = await planOf(asked as Statement<unknown, unknown>);
  for (const index of indexes) expect(plan).toContain(index);
  expect(plan).not.toContain('SCAN');
});
