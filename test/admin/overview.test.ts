import { describe, expect, test } from 'vitest';
import { findAlarms, shownAlarms } from '../../src/admin/overview/alarms.ts';
import { createAccount, logIn, PASSWORD } from '../support/admin.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { auditOf, everyItem } from '../support/pages.ts';
import { startPushing } from '../support/push.ts';

const WEBHOOK_URL = 'http://127.0.0.1:9/webhook/telegram/';

async function overviewOf(hub: TestHub, clock?: TestClock) {
  await clock?.advance(1_000);
  const { status, body } = await hub.admin('/api/admin/overview');
  expect(status).toBe(200);
  return body;
}

const codesOf = ({ alarms }: { alarms: { code: string }[] }) => alarms.map(({ code }) => code).sort();

describe.each(DIALECTS)('on %s', (database) => {
  test('the overview counts TPVs, people, what waits, and what happened in the last minute', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { TPV_REGISTRATION: 'approval' } });
    const json = { name: 'Uno', endpoint_url: 'https://bar.example' };
    const made = await Promise.all([1, 2].map(() => hub.fetch('/api/tpv/register/', { method: 'POST', json })));
    expect(await overviewOf(hub, clock)).toMatchObject({
      tpvs: { total: 2, active: 0, awaiting: 2, online: 0 },
      users: { total: 0, unassigned: 0 },
      per_minute: { updates: 0, instructions: 0, completed: 0, failed: 0, pushes: 0 },
      delivery: { p50_ms: null, p99_ms: null, window_seconds: 300 },
      backlog: { waiting: 0, in_flight: 0, unassigned: 0, oldest: null },
      alarms: [{ code: 'tpv_awaiting_approval', count: 2, severity: 'warning' }],
    });
    const firstSteps = async () => (await hub.admin('/api/admin/first-steps')).body;
    const lacking = await firstSteps();
    expect(lacking).toMatchObject({ tpv_connected: false, order_completed: false, person_wrote: false });
    expect(lacking.bot.url).toBe(`https://t.me/${lacking.bot.username}`);
    expect(lacking.bot.qr_svg).toMatch(/^<svg /);
    await hub.message(1, 'Hola', 1);
    const lonely = await overviewOf(hub, clock);
    expect(lonely).toMatchObject({ users: { total: 1, unassigned: 1 }, backlog: { unassigned: 1 } });
    expect(codesOf(lonely)).toEqual(['tpv_awaiting_approval', 'unassigned_waiting']);
    const [id, key] = [made[0]?.body.id, made[0]?.body.api_key];
    await hub.admin(`/api/admin/tpvs/${id}/activate`, { method: 'POST' });
    await expect.poll(async () => (await overviewOf(hub, clock)).backlog).toMatchObject({ waiting: 1, unassigned: 0 });
    const headers = { authorization: `ApiKey ${key}` };
    const { body } = await hub.fetch('/api/tpv/instructions/', { headers });
    await hub.message(2, 'Otra', 1);
    expect(await overviewOf(hub, clock)).toMatchObject({
      tpvs: { active: 1, awaiting: 1, online: 1, by_poll: 1, by_socket: 0 },
      users: { total: 1, unassigned: 0 },
      per_minute: { updates: 2, instructions: 2 },
      backlog: { waiting: 1, in_flight: 1, oldest: { id: expect.any(String) } },
    });
    for (const status of ['delivered', 'completed']) {
      const path = `/api/tpv/instructions/${body.instructions[0].id}/`;
      expect((await hub.fetch(path, { method: 'PUT', json: { status }, headers })).status).toBe(200);
    }
    const after = await overviewOf(hub, clock);
    expect(after).toMatchObject({ per_minute: { completed: 1 }, backlog: { in_flight: 0 } });
    expect(after.delivery.p50_ms).toBeGreaterThan(0);
    // That a TPV came is written within a second.
    const later = async () => {
      await overviewOf(hub, clock);
      return firstSteps();
    };
    const all = { tpv_connected: true, order_completed: true, person_wrote: true };
    await expect.poll(later).toMatchObject({ ...all, restaurant_invited: false });
    await createAccount(hub, { name: 'pepa', role: 'manager', tpvs: [id] });
    expect(await firstSteps()).toEqual({ bot: null, ...all, restaurant_invited: true });
    const { body: activity } = await hub.admin(`/api/admin/activity?tpv_id=${id}&minutes=60`);
    expect(activity.completed).toHaveLength(60);
    expect(activity.completed.reduce((sum: number, one: number) => sum + one, 0)).toBe(1);
    expect((await hub.admin('/api/admin/activity?minutes=1440')).body.updates).toHaveLength(1_440);
  });

  test('the audit log lists who did what, page by page, and is found by who, what, which and when', async () => {
    const hub = await startHub({ database });
    const account = { name: 'ana', role: 'admin', password: PASSWORD };
    await hub.admin('/api/admin/accounts', { method: 'POST', json: account });
    const ana = await logIn(hub);
    const tpv = await hub.tpv({ name: '=Uno;"dos"' });
    for (const action of ['deactivate', 'activate']) {
      await ana.fetch(`/api/admin/tpvs/${tpv.id}/${action}`, { method: 'POST', json: {} });
    }
    const found = async (query: string, limit?: number) =>
      (await everyItem(hub, `/api/admin/audit?${query}`, limit)).map(({ action }) => action);
    const all = ['tpv.activate', 'tpv.deactivate', 'tpv.register', 'session.login', 'account.create'];
    expect(await found('', 1)).toEqual(all);
    expect(await found('actor=ana')).toEqual(['tpv.activate', 'tpv.deactivate', 'session.login']);
    expect(await found('action=tpv', 1)).toEqual(all.slice(0, 3));
    expect(await found('action=tpv.activate')).toEqual(['tpv.activate']);
    expect(await found(`action=${encodeURIComponent('%')}`)).toEqual([]);
    expect(await found(`target_id=${tpv.id}`)).toEqual(all.slice(0, 3));
    const hour = (hours: number) => encodeURIComponent(new Date(Date.now() + hours * 3_600_000).toISOString());
    expect(await found(`from=${hour(-1)}&to=${hour(1)}`)).toEqual(all);
    expect(await found(`from=${hour(1)}`)).toEqual([]);
    expect(await found(`to=${hour(-1)}`)).toEqual([]);
    const entries = await everyItem(hub, '/api/admin/audit');
    const [first] = entries;
    // An entry of the very moment from which is searched belongs to what is found.
    for (const { at } of entries) {
      const since = entries.filter((one) => one.at >= at).map(({ action }) => action);
      expect(await found(`from=${encodeURIComponent(at)}`)).toEqual(since);
    }
    expect(first).toMatchObject({ actor: 'ana', target: { kind: 'tpv', id: tpv.id, name: '=Uno;"dos"' } });
    const csv = String((await hub.admin('/api/admin/audit.csv?action=tpv.activate')).body);
    expect(csv).toContain(`;"'=Uno;""dos""";`);
    for (const query of ['action=', 'from=x', 'actor=%00', 'other=1']) {
      expect((await hub.admin(`/api/admin/audit?${query}`)).status).toBe(400);
    }
  });
});

test('a TPV that is away while people are with it raises an alarm, and one that comes back ends it', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Hola');
  expect((await overviewOf(hub, clock)).alarms).toMatchObject([
    { code: 'tpv_offline_with_users', severity: 'critical', count: 1, tpv: { id: tpv.id, name: 'Bar Pepe' } },
  ]);
  await tpv.socket();
  expect(await overviewOf(hub, clock)).toMatchObject({ alarms: [], tpvs: { online: 1, by_socket: 1 } });
});

test('two machines that share a key raise an alarm, which ends by itself', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const tpv = await hub.tpv();
  hub.hub.events.emit({ type: 'tpv.key_shared', tpvId: tpv.id });
  expect((await overviewOf(hub, clock)).alarms).toMatchObject([{ code: 'tpv_key_shared', tpv: { id: tpv.id } }]);
  await clock.jump(11 * 60_000);
  expect(codesOf(await overviewOf(hub, clock))).not.toContain('tpv_key_shared');
});

test('a message of which nobody knows raises an alarm', async () => {
  const hub = await startPushing();
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  await hub.send({ text: 'Quién sabe' });
  expect((await hub.admin('/api/admin/overview')).body).toMatchObject({
    push: { unknown: 1, failed_last_hour: 1 },
    alarms: expect.arrayContaining([expect.objectContaining({ code: 'pushes_unknown', count: 1 })]),
  });
});

test('a webhook that points elsewhere raises an alarm, and is mended with one call', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { TELEGRAM_WEBHOOK_URL: WEBHOOK_URL, TELEGRAM_WEBHOOK_AUTO: 'false' } });
  expect((await overviewOf(hub, clock)).webhook).toEqual({
    mode: 'webhook',
    state: 'unknown',
    checked_at: null,
    problems: [],
  });
  await clock.advance(10_000);
  await expect.poll(async () => codesOf(await overviewOf(hub, clock))).toEqual(['webhook_elsewhere']);
  expect((await hub.admin('/api/admin/webhook', { method: 'POST' })).body).toEqual({ ok: true, url: WEBHOOK_URL });
  expect(hub.emulator.webhook?.url).toBe(WEBHOOK_URL);
  expect(await overviewOf(hub, clock)).toMatchObject({ alarms: [], webhook: { state: 'ok', problems: [] } });
  const other = 'http://127.0.0.1:9/elsewhere';
  expect((await hub.admin('/api/admin/webhook', { method: 'POST', json: { url: other } })).body.url).toBe(other);
  expect((await hub.admin('/api/admin/webhook')).body).toMatchObject({
    mode: 'webhook',
    expected_url: WEBHOOK_URL,
    info: { url: other, pending_update_count: 0, last_error_at: null },
    problems: [expect.stringContaining(other)],
  });
  expect(codesOf(await overviewOf(hub, clock))).toEqual(['webhook_elsewhere']);
  expect((await hub.admin('/api/admin/webhook', { method: 'DELETE' })).body).toEqual({ ok: true });
  expect(hub.emulator.webhook).toBeUndefined();
  expect(await auditOf(hub)).toMatchObject([
    { action: 'webhook.set', details: { url: WEBHOOK_URL } },
    { action: 'webhook.set', details: { url: other } },
    { action: 'webhook.delete' },
  ]);
});

test('while Telegram hangs the overview answers all the same', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { TELEGRAM_WEBHOOK_AUTO: 'false' } });
  const mend = hub.emulator.fail({ method: 'getWebhookInfo', how: { kind: 'hang' } });
  await clock.advance(15_000);
  expect((await overviewOf(hub, clock)).webhook.state).toBe('unknown');
  mend();
  await expect.poll(async () => codesOf(await overviewOf(hub, clock))).toEqual(['webhook_broken']);
});

test('a hub that polls wants no webhook', async () => {
  const hub = await startHub({ env: { TELEGRAM_MODE: 'polling' } });
  const answer = await hub.admin('/api/admin/webhook', { method: 'POST', json: { url: WEBHOOK_URL } });
  expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await hub.admin('/api/admin/webhook')).body).toMatchObject({ mode: 'polling', problems: [] });
});

test('bad input is refused', async () => {
  const hub = await startHub();
  for (const query of ['minutes=59', 'minutes=1441', 'minutes=x', 'tpv_id=1', 'other=1', 'minutes=60&minutes=61']) {
    expect([query, (await hub.admin(`/api/admin/activity?${query}`)).status]).toEqual([query, 400]);
  }
  for (const json of [{ url: 'ftp://a.example' }, { url: 5 }, { other: 1 }, []]) {
    expect((await hub.admin('/api/admin/webhook', { method: 'POST', json })).status).toBe(400);
  }
  expect((await hub.fetch('/api/admin/overview')).status).toBe(401);
});

test('of many TPVs that are away ten are named, those with the most people, and the rest is a number', () => {
  const tpvs = Array.from({ length: 25 }, (_, i) => ({
    id: `${i}`,
    name: `Bar ${i}`,
    state: 'active' as const,
    online: false,
    closed: false,
    users: i,
    since: null,
    createdAt: 0,
  }));
  const { found, unsure } = findAlarms({
    tpvs,
    sharedKeys: [{ tpvId: 'deleted', since: 0 }],
    quotas: [],
    startedLately: true,
    waiting: [],
    failing: [],
    backup: {
      folder: '/copias',
      newest: { name: 'hub-1970-01-01T000000Z.db', madeAt: 0, bytes: 1 },
      fault: 'folder',
      isLate: true,
    },
    lostFile: undefined,
    webhook: { state: 'ok', fault: 'webhook_broken', checkedAt: 0, since: 0, problems: [], info: undefined },
    disk: { room: { freeBytes: 400_000_000, sizeBytes: 50_000_000_000 }, fullSince: 0 },
    totals: { pushesUnknown: 0, quarantined: 0, unassigned: 0, unassignedSince: undefined },
  });
  // Nothing is known yet of what happened before the hub started.
  expect(unsure).toEqual(new Set(['tpv_key_shared', 'tpv_quota_reached']));
  const alarms = shownAlarms(found);
  expect(alarms[0]).toMatchObject({
    code: 'disk_nearly_full',
    severity: 'critical',
    detail: 'Quedan 0,4 GB de 50 GB.',
  });
  expect(alarms.slice(1, 11).map(({ tpv }) => tpv?.id)).toEqual([
    '24',
    '23',
    '22',
    '21',
    '20',
    '19',
    '18',
    '17',
    '16',
    '15',
  ]);
  expect(alarms[11]).toMatchObject({ code: 'tpv_offline_with_users', tpv: null, count: 14 });
  expect(alarms[12]).toMatchObject({
    code: 'backup_late',
    since: '1970-01-02T02:00:00.000Z',
    detail:
      'La última de /copias es hub-1970-01-01T000000Z.db. El hub no puede usar esa carpeta: dale permiso a su usuario o cambia BACKUP_DIR. El hub lo intenta cada hora.',
  });
  expect(alarms).toHaveLength(13);
});
