import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { erasureNotesFile } from '../../src/rights/erasure-notes.ts';
import { cli } from '../support/cli.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { launchHubProcess } from '../support/hub-process.ts';
import { copyPostgresDatabase, createPostgresDatabase } from '../support/postgres.ts';
import { testFolder } from '../support/test-folder.ts';
import { shareOfTestMs, WAIT_MS } from '../support/within.ts';

const ANA = 7_412_589_036;
const EVA = 1002;
const LUZ = 1003;

/** Copies a database that no hub has open, as its operator does; what comes back puts the copy in its place. */
async function copyOf(database: DialectUnderTest, databaseUrl: string): Promise<() => Promise<void>> {
  if (database === 'postgres') {
    const { url: copy, drop } = await createPostgresDatabase();
    onTestFinished(drop);
    await copyPostgresDatabase(databaseUrl, copy);
    return () => copyPostgresDatabase(copy, databaseUrl);
  }
  const copy = join(testFolder('copy'), 'copy.db');
  expect(await cli({ databaseUrl }, ['backup', copy])).toMatchObject({ code: 0 });
  return async () => expect(await cli({ databaseUrl }, ['restore', copy])).toMatchObject({ code: 0 });
}

const erase = (hub: TestHub, id: number) => hub.admin(`/api/admin/users/${id}`, { method: 'DELETE' });

/** The ids of those whom the hub knows, and their texts. */
async function knownTo({ hub }: TestHub) {
  const people = await hub.db.read.selectFrom('telegram_users').select('telegram_id').orderBy('telegram_id').execute();
  const rows = await hub.db.read.selectFrom('instructions').select('payload').orderBy('seq').execute();
  const texts = rows.flatMap(({ payload }) => JSON.parse(payload).text ?? []);
  return { people: people.map(({ telegram_id: id }) => Number(id)), texts };
}

async function erasedHere({ hub }: TestHub): Promise<void> {
  await vi.waitFor(async () => {
    const steps = await hub.db.read.selectFrom('person_requests').select('step').execute();
    expect(steps.filter(({ step }) => step !== 'waiting' && step !== 'done')).toEqual([]);
  }, WAIT_MS);
}

describe.each(DIALECTS)('a copy of a database on %s', (database) => {
  test('that is from before an erasure brings no person back, and takes none who came back by themselves', async () => {
    const databaseUrl = await freshDatabase(database, 'migrated');
    const emulator = await startEmulator({ limits: true });
    onTestFinished(() => emulator.close());
    const ana = emulator.person({ id: ANA, first_name: 'Ana', started: true });
    const start = () => startHub({ databaseUrl, emulator });

    let hub = await start();
    const tpv = await hub.tpv();
    await hub.message(1, 'de Ana', ANA);
    await hub.message(2, 'de Eva', EVA);
    await hub.message(3, 'de Luz', LUZ);
    // It waits in the copy.
    emulator.off(true);
    const push = { telegram_user_id: ANA, text: 'Espera en la copia' };
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json: push, headers: { prefer: 'respond-async' } });
    await hub.close();
    const restore = await copyOf(database, databaseUrl);

    emulator.off(false);
    hub = await start();
    for (const id of [ANA, LUZ]) expect(await erase(hub, id)).toMatchObject({ status: 202 });
    await erasedHere(hub);
    const erasedAt = Date.now();
    await hub.message(4, 'Luz ha vuelto', LUZ);
    await hub.close();
    const read = ana.chat.map(({ text }) => text);
    // Its own copy knows it all: nobody is erased.
    hub = await start();
    expect((await knownTo(hub)).people).toEqual([EVA, LUZ]);
    await hub.close();

    await restore();
    hub = await start();
    expect((await knownTo(hub)).people).toEqual([EVA]);
    await erasedHere(hub);
    expect(await knownTo(hub)).toEqual({ people: [EVA], texts: ['de Eva'] });
    expect(ana.chat.map(({ text }) => text)).toEqual(read);
    // What the TPV got from Luz since stays there.
    const orders = await hub.hub.db.read
      .selectFrom('instructions')
      .select('payload')
      .where('command', '=', 'process_erasure')
      .execute();
    const times = orders.map(({ payload }) => Date.parse(JSON.parse(payload).asked_at));
    expect(times).toHaveLength(2);
    for (const time of times) expect(time).toBeLessThanOrEqual(erasedAt);
    const { body } = await hub.admin('/api/admin/audit');
    const entries = body.items.filter(({ action }: { action: string }) => action === 'user.erase');
    const again = { actor: 'hub', target: null, details: { restored: true } };
    expect(entries).toMatchObject([again, again]);
    // Who writes from now on stays, also at the next start.
    await hub.message(5, 'Ana ha vuelto', ANA);
    await hub.close();
    hub = await start();
    expect((await knownTo(hub)).people).toEqual([EVA, ANA]);
    const notes = erasureNotesFile({ DATABASE_URL: databaseUrl });
    expect(readFileSync(notes, 'utf8')).not.toContain(String(ANA));
    expect(statSync(notes).mode & 0o777).toBe(0o600);
  });
});

test('a hub that is killed while it erases a restored copy anew does so at its next start, each person once', async () => {
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const file = databaseUrl.slice('sqlite:'.length);
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const ids = Array.from({ length: 25 }, (_, i) => 5_000 + i);
  let hub = await startHub({ databaseUrl, emulator });
  for (const id of ids) await hub.message(id, `de ${id}`, id);
  await hub.close();
  const restore = await copyOf('sqlite', databaseUrl);
  hub = await startHub({ databaseUrl, emulator });
  for (const id of ids) await erase(hub, id);
  await erasedHere(hub);
  await hub.close();
  await restore();

  const count = (text: string): number => {
    const db = new SqliteDatabase(file, { readonly: true });
    try {
      return Number(db.prepare(text).pluck().get());
    } finally {
      db.close();
    }
  };
  const audited = () => count("select count(*) from audit_log where actor = 'hub' and action = 'user.erase'");
  const starting = launchHubProcess({ databaseUrl, emulator });
  await vi.waitFor(() => expect(audited()).toBeGreaterThan(0), { timeout: shareOfTestMs(), interval: 1 });
  starting.child.kill('SIGKILL');
  await starting.ended;
  expect(audited()).toBeLessThanOrEqual(ids.length);

  hub = await startHub({ databaseUrl, emulator });
  await erasedHere(hub);
  expect(await knownTo(hub)).toEqual({ people: [], texts: [] });
  expect(audited()).toBe(ids.length);
});
