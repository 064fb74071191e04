import { vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import type { StoredService } from '../../src/db/schema.ts';
import type { TestClock } from '../support/clock.ts';
import type { TestHub } from '../support/hub.ts';
import { shareOfTestMs } from '../support/within.ts';

export const ANA = 1001;
export const SECOND = 1_000;
const STEP_SECONDS = 5;
/** A TPV that stays silent keeps its message, however long this machine takes. */
export const PATIENT = { HEARTBEAT_INTERVAL_SECONDS: '3600', MAX_ATTEMPTS: '100' };
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

export const OFFLINE =
  'Bar Pepe no está conectado ahora mismo. Tu mensaje está guardado y le llegará en cuanto vuelva.';
const WAITING = 'Bar Pepe todavía no ha visto tu mensaje. Sigue guardado.';
const FAILED = 'Bar Pepe no ha podido atender tu mensaje.';
const BUSY = 'Bar Pepe va con retraso: unos 20 minutos.';
const PAUSED = 'Bar Pepe no atiende ahora (avería). Hemos guardado tu mensaje.';
const CLOSED = 'Bar Pepe está cerrado por ahora. Hemos guardado tu mensaje.';

/** What Ana reads of her message at once, and what more if nothing happens for three minutes. */
export const TABLE: readonly [tpv: string, service: string, atOnce: string[], later: string[]][] = [
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
export const REPORTS: readonly [status: string, more: object, because: string[]][] = [
  ['delivered', {}, []],
  ['processing', {}, []],
  ['completed', {}, []],
  ['completed', { reply: { text: 'Marchando' } }, ['Marchando']],
  ['failed', { error_message: 'SQLITE_BUSY' }, [FAILED]],
  ['failed', { reply: { text: 'No queda' } }, ['No queda']],
];

/** Whether the TPV attends, and when it opens. */
export async function attends({ hub }: TestHub, tpvId: string, service: string): Promise<void> {
  const column = SERVICES[service] ?? null;
  await hub.db.transact((tx) =>
    tx.kysely
      .updateTable('tpv_instances')
      .set({ service: column && jsonText(column) })
      .where('id', '=', tpvId)
      .execute(),
  );
}

/** Lets time pass until the hub knows that its TPVs are offline, and has told those whom that concerns. */
export async function goneAndTold({ hub }: TestHub, clock: TestClock): Promise<void> {
  await pass(clock, 20);
  const gone = async () => {
    await clock.advance(SECOND);
    const columns = ['online_until', 'offline_untold'] as const;
    const tpvs = await hub.db.read.selectFrom('tpv_instances').select(columns).execute();
    return tpvs.every((tpv) => tpv.online_until === null && tpv.offline_untold === null);
  };
  await vi.waitUntil(gone, { timeout: shareOfTestMs() });
}

/** Lets seconds pass, a few at a time: one by one, three minutes of them take a machine with much to do too long. */
export async function pass(clock: TestClock, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= STEP_SECONDS) await clock.jump(Math.min(left, STEP_SECONDS) * SECOND);
}

/** Lets time pass until so much was said. */
export async function reaches(hub: TestHub, clock: TestClock, expected: readonly string[]): Promise<void> {
  const there = async () => {
    await pass(clock, STEP_SECONDS);
    return (await said(hub)).length >= expected.length;
  };
  await vi.waitUntil(there, { timeout: shareOfTestMs() });
}

/** All that was said to anybody, in its order. */
export async function said({ hub }: TestHub): Promise<string[]> {
  const rows = await hub.db.read.selectFrom('push_messages').select('text').orderBy('seq').execute();
  return rows.map(({ text }) => text);
}
