import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../support/admin.ts';
import { heldDisk } from '../support/disk.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

/** Another program takes the lock for writing; what it gives back lets it go. */
async function holdLock({ databaseUrl }: TestHub): Promise<() => Promise<void>> {
  if (databaseUrl.startsWith('sqlite:')) {
    const holder = new SqliteDatabase(databaseUrl.slice('sqlite:'.length));
    onTestFinished(() => void holder.close());
    holder.exec('begin immediate');
    return async () => void holder.exec('rollback');
  }
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('begin; lock table telegram_updates in exclusive mode');
  return async () => void (await holder.query('rollback'));
}

/** What needs no write is answered. */
async function everythingElse(hub: TestHub, { tpv, panel, socket }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  expect((await hub.fetch('/healthz')).status).toBe(200);
  await socket.sync();
  expect((await tpv.fetch('/api/tpv/info/')).status).toBe(200);
  expect((await panel.fetch('/api/admin/tpvs')).status).toBe(200);
  expect((await hub.fetch('/admin/')).status).toBe(200);
}

async function scene(hub: TestHub) {
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  const panel = await openBrowser(hub);
  // The session's own use, and the TPV's, are written once a minute: not while the lock is held.
  await panel.fetch('/api/admin/tpvs');
  await tpv.fetch('/api/tpv/info/');
  return { tpv, socket, panel };
}

/** A message that Telegram brings, and whether it is still unanswered. */
function delivery(hub: TestHub, updateId: number) {
  let waits = true;
  const answered = hub.message(updateId, 'Hola').finally(() => {
    waits = false;
  });
  return { answered, isWaiting: () => waits };
}

test.each(DIALECTS)(
  'while another program holds the lock on %s, writes get 503 and all else goes on (row 37)',
  async (database) => {
    const hub = await startHub({ database });
    const at = await scene(hub);
    const letGo = await holdLock(hub);
    // It is held on over both: what comes later waits in its turn.
    for (let round = 0; round < 2; round++) {
      const { answered } = delivery(hub, 1);
      await everythingElse(hub, at);
      expect((await answered).status).toBe(503);
    }
    await letGo();
    expect((await hub.message(1, 'Hola')).status).toBe(200);
    expect((await at.socket.next('instruction')).instruction.payload.text).toBe('Hola');
  },
);

test('while the disk takes its time for a sync, only what waits for it waits (row 37)', async () => {
  const { disk, hold, release } = heldDisk();
  const hub = await startHub({ disk });
  const at = await scene(hub);
  hold();
  onTestFinished(release);
  const one = delivery(hub, 1);
  await everythingElse(hub, at);
  expect(one.isWaiting()).toBe(true);
  expect(at.socket.frames.filter(({ type }) => type === 'instruction')).toEqual([]);
  release();
  expect((await one.answered).status).toBe(200);
  expect((await at.socket.next('instruction')).instruction.payload.text).toBe('Hola');
});
