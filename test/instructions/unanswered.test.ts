import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import { sweepDue } from '../../src/instructions/sweep.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const texts = telegramTexts('es');
const spanish = texts.of('es');
const ANA = 42;
const DAY_MS = 86_400_000;

/** A message that nobody answered, in the database of a hub that is gone; and the sweep of another process over it. */
async function leftBehind(database: DialectUnderTest) {
  const hub = await startHub({ database });
  hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  await hub.tpv();
  await hub.message(1, 'Hola', ANA);
  await hub.close();
  // Like a process that ends right after its commit: it has no listener, and sends nothing.
  const db = openDatabase({ DATABASE_URL: hub.databaseUrl, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  const status = async () =>
    (await db.read.selectFrom('instructions').select('status').executeTakeFirstOrThrow()).status;
  const sentences = () => db.read.selectFrom('push_messages').select(['chat_id', 'status', 'text']).execute();
  const later = Date.now() + 2 * DAY_MS;
  const sweep = () => sweepDue({ db, texts, settings: { maxAttempts: 5 } }, later);
  return { later, hub, db, status, sentences, sweep };
}

describe.each(DIALECTS)('a message on %s that ends without an answer', (database) => {
  test('owes its person a sentence from the same commit on, which the next process sends', async () => {
    const { later, hub, status, sentences, sweep } = await leftBehind(database);
    expect(await sweep()).toBe(1);
    expect(await status()).toBe('failed');
    expect(await sentences()).toEqual([{ chat_id: ANA, status: 'pending', text: spanish.unanswered('expired') }]);
    await startHub({ databaseUrl: hub.databaseUrl, emulator: hub.emulator, clock: testClock(later) });
    await vi.waitFor(
      () =>
        expect(hub.emulator.calls.filter(({ params }) => params.text === spanish.unanswered('expired'))).toHaveLength(
          1,
        ),
      WAIT_MS,
    );
  });

  test('stays open where the sentence can not be stored', async () => {
    const { db, status, sentences, sweep } = await leftBehind(database);
    await db.writer.schema.alterTable('push_messages').renameTo('pushes_away').execute();
    await expect(sweep()).rejects.toThrow();
    expect(await status()).toBe('pending');
    await db.writer.schema.alterTable('pushes_away').renameTo('push_messages').execute();
    expect(await sweep()).toBe(1);
    expect(await sentences()).toHaveLength(1);
  });
});
