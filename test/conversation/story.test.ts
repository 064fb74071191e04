import { describe, expect, test, vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import type { StoredService } from '../../src/db/schema.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { openSocket } from '../support/socket.ts';
import { instructionsOf, letHubSpeak } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;
const SECOND = 1_000;
const NEVER_OPEN: StoredService = {
  state: 'open',
  timetable: {
    zone: 'Europe/Madrid',
    weekly: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] },
    exceptions: [],
  },
};
const SERVICES: Readonly<Record<string, StoredService | null>> = {
  open: null,
  busy: { state: 'busy', minutes: 20 },
  paused: { state: 'paused', reason: 'avería' },
  closed: NEVER_OPEN,
};

const OFFLINE = 'Bar Pepe no está conectado ahora mismo. Tu mensaje está guardado y le llegará en cuanto vuelva.';
const WAITING = 'Bar Pepe todavía no ha visto tu mensaje. Sigue guardado.';
const FAILED = 'Bar Pepe no ha podido atender tu mensaje.';
const BUSY = 'Bar Pepe va con retraso: unos 20 minutos.';
const PAUSED = 'Bar Pepe no atiende ahora (avería). Hemos guardado tu mensaje.';
const CLOSED = 'Bar Pepe está cerrado por ahora. Hemos guardado tu mensaje.';

/** What Ana reads of her message at once, and what more if nothing happens for three minutes. */
const TABLE: readonly [tpv: string, service: string, atOnce: string[], later: string[]][] = [
  ['online', 'open', [], [WAITING]],
  ['online', 'busy', [BUSY], [WAITING]],
  ['online', 'paused', [PAUSED], []],
  ['online', 'closed', [CLOSED], []],
  ['in its grace', 'open', [], [OFFLINE]],
  ['in its grace', 'busy', [BUSY], [OFFLINE]],
  ['in its grace', 'paused', [PAUSED], []],
  ['in its grace', 'closed', [CLOSED], []],
  ['offline', 'open', [OFFLINE], []],
  ['offline', 'busy', [BUSY], []],
  ['offline', 'paused', [PAUSED], []],
  ['offline', 'closed', [CLOSED], []],
  ['never connected', 'open', [OFFLINE], []],
  ['never connected', 'paused', [PAUSED], []],
];

/** What her TPV does with it: what it reports, and what she reads because of that. */
const REPORTS: readonly [status: string, more: object, because: string[]][] = [
  ['delivered', {}, []],
  ['processing', {}, []],
  ['completed', {}, []],
  ['completed', { reply: { text: 'Marchando' } }, ['Marchando']],
  ['failed', { error_message: 'SQLITE_BUSY' }, [FAILED]],
  ['failed', { reply: { text: 'No queda' } }, ['No queda']],
];

describe.each(DIALECTS)('on %s', (database) => {
  test.each(TABLE)('of a TPV that is %s and %s a person reads what there is to say, once', async (...row) => {
    const [standing, service, atOnce, later] = row;
    const { hub, clock, key } = await written(database, standing, service);
    expect(await said(hub)).toEqual(atOnce);
    const restarted = await again(hub, clock);
    if (standing === 'online') await openSocket(restarted.url, { key });
    // The clock of the hub that follows goes on where this one's stood.
    await clock.advance(20 * SECOND);
    await reaches(restarted, clock, [...atOnce, ...later]);
    await clock.advance(180 * SECOND);
    expect(await said(restarted)).toEqual([...atOnce, ...later]);
  });

  test.each(REPORTS)('a report %s with %j ends the silence, also after a restart', async (status, more, because) => {
    const { hub, clock, key } = await written(database, 'offline', 'open');
    const restarted = await again(hub, clock);
    const [instruction] = await instructionsOf(restarted);
    const headers = { authorization: `ApiKey ${key}` };
    const report = { method: 'PUT', headers, json: { status, ...more } };
    for (let twice = 0; twice < 2; twice++) {
      const { status: code } = await restarted.fetch(`/api/tpv/instructions/${instruction?.id}/`, report);
      expect(code).toBe(200);
    }
    await clock.advance(200 * SECOND);
    expect(await said(restarted)).toEqual([OFFLINE, ...because]);
  });
});

/** A hub, Bar Pepe as it stands, and Ana, who has just written to it. */
async function written(database: (typeof DIALECTS)[number], standing: string, service: string) {
  const clock = testClock();
  const env = { HEARTBEAT_INTERVAL_SECONDS: '3600', MAX_ATTEMPTS: '100' };
  const hub = await startHub({ database, clock, env });
  await letHubSpeak(hub);
  hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const column = SERVICES[service] ?? null;
  await hub.hub.db.transact((tx) =>
    tx.kysely
      .updateTable('tpv_instances')
      .set({ service: column && jsonText(column) })
      .execute(),
  );
  if (standing !== 'never connected') {
    const socket = await tpv.socket();
    if (standing !== 'online') {
      socket.raw.close();
      await socket.closed;
    }
    if (standing === 'offline') await goneAndTold(hub, clock);
  }
  expect((await hub.message(1, 'Hola', ANA)).status).toBe(200);
  return { hub, clock, key: tpv.key };
}

/** Lets time pass until the hub knows that the TPV is offline, and has told those whom that concerns. */
async function goneAndTold({ hub }: TestHub, clock: ReturnType<typeof testClock>): Promise<void> {
  await clock.advance(20 * SECOND);
  const gone = async () => {
    await clock.advance(SECOND);
    const columns = ['online_until', 'offline_untold'] as const;
    const tpv = await hub.db.read.selectFrom('tpv_instances').select(columns).executeTakeFirstOrThrow();
    return tpv.online_until === null && tpv.offline_untold === null;
  };
  await vi.waitUntil(gone, { timeout: WAIT_MS });
}

/** The hub ends and starts anew, on the same database. */
async function again(hub: TestHub, clock: ReturnType<typeof testClock>): Promise<TestHub> {
  const { databaseUrl, emulator } = hub;
  await hub.close();
  return startHub({ databaseUrl, emulator, clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600', MAX_ATTEMPTS: '100' } });
}

async function reaches(hub: TestHub, clock: ReturnType<typeof testClock>, expected: readonly string[]): Promise<void> {
  const there = async () => {
    await clock.advance(SECOND);
    return (await said(hub)).length >= expected.length;
  };
  await vi.waitUntil(there, { timeout: WAIT_MS });
}

/** All that was said to Ana, in its order. */
async function said({ hub }: TestHub): Promise<string[]> {
  const rows = await hub.db.read.selectFrom('push_messages').select('text').orderBy('seq').execute();
  return rows.map(({ text }) => text);
}
