import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { damageOf } from '../../src/db/quick-check.ts';
import { restoreDatabase } from '../../src/operations/backup/restore.ts';
import { startHub, type TestHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { WAIT_MS } from '../support/within.ts';

const pathOf = (hub: TestHub) => hub.databaseUrl.slice('sqlite:'.length);
const FILES = ['', '-wal', '-shm'];

/** Writes and the webhook are refused, `/readyz` says why, and what only reads still answers. */
async function isLost(hub: TestHub): Promise<void> {
  const refused = await hub.message(1_000_000, 'Hola');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  const json = { name: 'Bar', endpoint_url: 'http://127.0.0.1:9' };
  expect((await hub.fetch('/api/tpv/register/', { method: 'POST', json })).status).toBe(503);
  await vi.waitFor(async () => {
    const { status, body } = await hub.fetch('/readyz');
    expect([status, body.problems.map(({ code }: { code: string }) => code)]).toEqual([503, ['database_lost']]);
  }, WAIT_MS);
  expect((await hub.admin('/api/admin/users')).status).toBe(200);
}

/** Where the hub saved what it has open, as the alarm says. */
function saved(hub: TestHub): Promise<string> {
  return vi.waitFor(async () => {
    const { body } = await hub.admin('/api/admin/overview');
    const [alarm] = body.alarms;
    expect(alarm).toMatchObject({ code: 'database_lost', severity: 'critical' });
    const copy = /restore (\S+)»/.exec(alarm.detail)?.[1] ?? '';
    expect(copy).toContain('.saved-');
    return copy;
  }, WAIT_MS);
}

async function busyHub() {
  const { log, lines } = keptLog();
  const hub = await startHub({ log });
  await hub.tpv();
  for (let id = 1; id <= 20; id++) expect((await hub.message(id, 'Hola')).status).toBe(200);
  return { hub, lines };
}

/** Puts the copy in the database's place, and looks for what was confirmed. */
async function comesBack(hub: TestHub, copy: string): Promise<void> {
  await hub.close();
  for (const end of FILES) rmSync(pathOf(hub) + end, { force: true });
  await restoreDatabase({ source: copy, target: pathOf(hub), now: 0 });
  const again = await startHub({ databaseUrl: hub.databaseUrl });
  const rows = await again.hub.db.read.selectFrom('instructions').select('id').execute();
  expect(rows).toHaveLength(20);
}

test('a hub whose database is deleted confirms nothing, and saves all that it confirmed', async () => {
  const { hub, lines } = await busyHub();
  for (const end of FILES) rmSync(pathOf(hub) + end);
  await isLost(hub);
  const copy = await saved(hub);
  expect(damageOf(copy)).toEqual([]);
  expect(lines).toContainEqual(expect.objectContaining({ copy }));
  expect(existsSync(pathOf(hub))).toBe(false);
  await comesBack(hub, copy);
});

test('a hub whose database is replaced confirms nothing, and saves all that it confirmed', async () => {
  const { hub } = await busyHub();
  const other = await startHub();
  await other.close();
  copyFileSync(pathOf(other), `${pathOf(hub)}.new`);
  renameSync(`${pathOf(hub)}.new`, pathOf(hub));
  await isLost(hub);
  await comesBack(hub, await saved(hub));
});

test('a hub whose log alone is deleted confirms nothing either', async () => {
  const { hub } = await busyHub();
  rmSync(`${pathOf(hub)}-wal`);
  await isLost(hub);
  await comesBack(hub, await saved(hub));
});

test('a database that is moved away and back loses nothing, and is taken up again', async () => {
  const { hub, lines } = await busyHub();
  renameSync(pathOf(hub), `${pathOf(hub)}.away`);
  await isLost(hub);
  await saved(hub);
  renameSync(`${pathOf(hub)}.away`, pathOf(hub));
  await vi.waitFor(async () => expect((await hub.fetch('/readyz')).status).toBe(200), WAIT_MS);
  expect((await hub.message(1_000_000, 'Hola')).status).toBe(200);
  const said = () => lines.some(({ msg }) => msg === 'the path leads to the open database again');
  await vi.waitFor(() => expect(said()).toBe(true), WAIT_MS);
});
