import { describe, expect, onTestFinished, test } from 'vitest';
import { createAccount } from '../../src/administrators/account.ts';
import type { AlarmCode, FoundAlarm } from '../../src/alarms/alarm.ts';
import { muteAlarms } from '../../src/alarms/alarm-choice.ts';
import {
  correctAlarms,
  countAlarms,
  endedUntold,
  keepAlarms,
  listAlarms,
  openAlarms,
} from '../../src/alarms/alarm-store.ts';
import { addWindow, endWindow } from '../../src/alarms/maintenance-windows.ts';
import { tellAlarms } from '../../src/alarms/tell-alarms.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { alarmNotices } from '../../src/telegram/accounts/alarm-notice.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2025, 10, 9, 10, 30);
const ANA = 42;

const PEPE = { id: '0190a5a0-0000-7000-8000-000000000001', name: 'Bar Pepe' };
const SURE: ReadonlySet<AlarmCode> = new Set();

function offline(tpv: { id: string; name: string }, count = 3): FoundAlarm {
  return { code: 'tpv_offline_with_users', severity: 'critical', since: START, count, tpv, detail: null };
}

const DISK: FoundAlarm = {
  code: 'disk_nearly_full',
  severity: 'critical',
  since: null,
  count: null,
  tpv: null,
  detail: 'Quedan 0,4 GB de 50 GB.',
};

const many = Array.from({ length: 100 }, (_, i) => ({
  id: `0190a5a0-0000-7000-8000-${String(1_000 + i).padStart(12, '0')}`,
  name: `Bar ${i}`,
}));

/** A database with the account `ana`, whose person is linked, and time that a test gives with each call. */
async function scene(dialect: (typeof DIALECTS)[number], { graceMs = 0, publicUrl = 'https://hub.example' } = {}) {
  const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect, 'migrated'), DATABASE_DURABILITY: 'normal' });
  onTestFinished(() => db.close());
  await addTpvs(db, [PEPE, ...many]);
  const ana = await addAccount(db, 'ana', ANA);
  const words = alarmNotices(publicUrl);
  let said = 0;
  return {
    db,
    ana,
    words,
    find: (at: number, ...found: FoundAlarm[]) => keepAlarms(db, { found, unsure: SURE }, START + at),
    tell: (at: number) => tellAlarms({ db, words, offlineGraceMs: graceMs }, START + at),
    /** What was said since the last call: to whom, and the text. */
    async heard() {
      const rows = await db.read.selectFrom('push_messages').select(['chat_id', 'text']).orderBy('seq').execute();
      const fresh = rows.slice(said).map(({ chat_id: chat, text }) => ({ chat: Number(chat), text }));
      said = rows.length;
      return fresh;
    },
  };
}

async function addTpvs(db: Database, tpvs: readonly { id: string; name: string }[]) {
  const rest = { endpoint_url: 'http://127.0.0.1:9', is_active: 1, max_users: 100, version: '', created_at: START };
  const rows = tpvs.map(({ id, name }) => ({ id, name, join_code: id, metadata: '{}' as never, ...rest }));
  await db.transact((tx) => tx.kysely.insertInto('tpv_instances').values(rows).execute());
}

async function addAccount(db: Database, name: string, telegramId: number | null): Promise<string> {
  const { id } = await db.transact((tx) => createAccount(tx, { name, role: 'admin', passwordHash: 'x' }, START));
  await db.transact((tx) =>
    tx.kysely.updateTable('admin_users').set({ telegram_id: telegramId }).where('id', '=', id).execute(),
  );
  return id;
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('an alarm is told once after a minute, every 6 hours while it lasts, and its end once', async () => {
    const { find, tell, heard, db } = await scene(dialect);
    await find(0, offline(PEPE));
    await tell(59 * SECOND);
    expect(await heard()).toEqual([]);
    await tell(60 * SECOND);
    expect(await heard()).toEqual([
      {
        chat: ANA,
        text:
          '🔴 <b>Alarma</b>\n\n«Bar Pepe» no está conectado y atiende a 3 clientes (desde hace un minuto).\n' +
          `👉 <a href="https://hub.example/admin/tpvs/${PEPE.id}">Ver «Bar Pepe»</a>`,
      },
    ]);
    for (const at of [65 * SECOND, HOUR, 6 * HOUR]) {
      await find(at, offline(PEPE));
      await tell(at);
    }
    expect(await heard()).toEqual([]);
    await tell(6 * HOUR + MINUTE);
    expect(await heard()).toMatchObject([{ text: expect.stringContaining('Sigue sin resolverse') }]);
    await find(7 * HOUR);
    await tell(7 * HOUR + 9 * SECOND);
    expect(await heard()).toEqual([]);
    await tell(7 * HOUR + 10 * SECOND);
    expect(await heard()).toEqual([
      { chat: ANA, text: '✅ <b>Alarma terminada</b>\n\n«Bar Pepe», sin conexión: ha durado 7 horas.' },
    ]);
    await tell(8 * HOUR);
    expect(await heard()).toEqual([]);
    expect(await listAlarms(db, undefined, undefined, 10)).toMatchObject([
      { raisedAt: START, toldAt: START + 6 * HOUR + MINUTE, endedAt: START + 7 * HOUR, tpv: PEPE },
    ]);
  });

  test('of a TPV whose socket closed the grace counts, and a blink is told to nobody', async () => {
    const { find, tell, heard } = await scene(dialect, { graceMs: 15 * SECOND });
    await find(0, offline(PEPE));
    await find(10 * SECOND);
    await tell(2 * MINUTE);
    expect(await heard()).toEqual([]);
    await find(3 * MINUTE, offline(PEPE));
    await tell(3 * MINUTE + 44 * SECOND);
    expect(await heard()).toEqual([]);
    await tell(3 * MINUTE + 45 * SECOND);
    expect(await heard()).toHaveLength(1);
  });

  test('a hundred TPVs that go away within half a minute are one message that counts them, and so is their return', async () => {
    const { find, tell, heard, db } = await scene(dialect);
    await find(0, ...many.slice(0, 40).map((tpv) => offline(tpv, 2)));
    await find(30 * SECOND, ...many.map((tpv) => offline(tpv, 2)));
    expect(await countAlarms(db)).toEqual(new Map([['tpv_offline_with_users', 100]]));
    for (const at of [60, 65, 90, 120]) await tell(at * SECOND);
    const [message, ...more] = await heard();
    expect(more).toEqual([]);
    expect(message?.text).toContain(
      '100 TPV no están conectados y atienden a 200 clientes: «Bar 0», «Bar 1», «Bar 2» y 97 más.',
    );
    expect(message?.text).toContain('https://hub.example/admin/tpvs?state=active&amp;online=false');
    // They come back one after the other.
    for (const at of [200, 205, 210]) {
      await find(at * SECOND, ...(at === 210 ? [] : many.slice(at - 190).map((tpv) => offline(tpv, 2))));
      await tell(at * SECOND);
    }
    expect(await heard()).toEqual([]);
    for (const at of [215, 220, 230]) await tell(at * SECOND);
    expect(await heard()).toEqual([
      {
        chat: ANA,
        text: '✅ <b>Alarmas terminadas</b>\n\n100 TPV («Bar 0», «Bar 1», «Bar 2» y 97 más), sin conexión: ha durado 4 minutos.',
      },
    ]);
  });

  test('each account hears what it chose, and a person with two accounts hears it once', async () => {
    const { db, ana, find, tell, heard } = await scene(dialect);
    const second = await addAccount(db, 'ana2', ANA);
    await addAccount(db, 'eva', 43);
    await addAccount(db, 'sin', null);
    await db.transact((tx) => muteAlarms(tx, ana, ['disk_nearly_full']));
    await find(0, DISK, offline(PEPE));
    await tell(MINUTE);
    const first = await heard();
    expect(first.map(({ chat }) => chat).sort()).toEqual([ANA, 43]);
    for (const { text } of first)
      expect(text).toMatch(/Bar Pepe[\s\S]*El disco del hub está casi lleno\. Quedan 0,4 GB/);
    await db.transact((tx) => muteAlarms(tx, second, ['disk_nearly_full', 'tpv_offline_with_users']));
    await tell(7 * HOUR);
    const again = await heard();
    expect(again.find(({ chat }) => chat === ANA)?.text).not.toContain('disco');
    expect(again.find(({ chat }) => chat === 43)?.text).toContain('disco');
    await find(8 * HOUR);
    await tell(9 * HOUR);
    // Who heard of it hears that it is over.
    for (const { text } of await heard()) expect(text).toContain('Disco casi lleno: ha durado 8 horas.');
  });

  test('during maintenance nobody is told, but of ends; what lasts is told at its end', async () => {
    const { db, find, tell, heard } = await scene(dialect);
    await find(0, DISK);
    await tell(MINUTE);
    await heard();
    const reason = { reason: 'obras', by: 'ana' };
    const add = (tpvId: string | null, until: number) =>
      db.transact((tx) =>
        addWindow(tx, { tpvId, from: START + MINUTE, until: START + until, ...reason }, START + MINUTE),
      );
    await add(PEPE.id, 10 * MINUTE);
    const [lola] = many;
    if (lola === undefined) throw new Error('There is no other TPV.');
    await find(2 * MINUTE, DISK, offline(PEPE), offline(lola));
    await tell(4 * MINUTE);
    expect(await heard()).toMatchObject([{ text: expect.stringContaining('«Bar 0»') }]);
    const all = await add(null, 3 * HOUR);
    await tell(11 * MINUTE);
    expect(await heard()).toEqual([]);
    await find(12 * MINUTE, offline(PEPE), offline(lola));
    await tell(13 * MINUTE);
    expect(await heard()).toMatchObject([{ text: expect.stringContaining('Disco casi lleno') }]);
    await db.transact((tx) => endWindow(tx, all, START + 14 * MINUTE));
    await tell(14 * MINUTE);
    const [late, ...more] = await heard();
    expect(more).toEqual([]);
    expect(late?.text).toContain('«Bar Pepe» no está conectado');
    expect(late?.text).not.toContain('Bar 0');
  });

  test('one that comes back before its end was told goes on, and is not told again', async () => {
    const { db, find, tell, heard } = await scene(dialect);
    await find(0, offline(PEPE));
    await tell(MINUTE);
    expect(await heard()).toHaveLength(1);
    await find(2 * MINUTE);
    expect(await endedUntold(db)).toHaveLength(1);
    await tell(2 * MINUTE + 5 * SECOND);
    await find(2 * MINUTE + 9 * SECOND, offline(PEPE));
    await tell(4 * MINUTE);
    expect(await heard()).toEqual([]);
    expect(await openAlarms(db)).toMatchObject([{ raisedAt: START, endedAt: null }]);
  });

  test('what a look can not judge is not ended, and is still shown', async () => {
    const { db, find } = await scene(dialect);
    await find(0, DISK, offline(PEPE));
    const shown = await keepAlarms(db, { found: [], unsure: new Set(['disk_nearly_full']) }, START + MINUTE);
    expect(shown).toMatchObject([{ code: 'disk_nearly_full', detail: DISK.detail }]);
    expect((await openAlarms(db)).map(({ code }) => code)).toEqual(['disk_nearly_full']);
  });

  test('what changes of an alarm is kept, texts that no column takes too, and its beginning stays', async () => {
    const { db, find } = await scene(dialect);
    await find(0, { ...DISK, detail: 'a\0b\ud800' });
    await find(MINUTE, { ...DISK, severity: 'warning', count: 5, detail: 'x'.repeat(5_000) });
    expect(await openAlarms(db)).toEqual([
      expect.objectContaining({ severity: 'warning', count: 5, detail: 'x'.repeat(1_000), raisedAt: START }),
    ]);
    expect(await listAlarms(db, 'ended', undefined, 10)).toEqual([]);
  });

  test('a clock that is set ahead makes no alarm older, and one that is set back leaves none in the future', async () => {
    const { db, find, tell, heard } = await scene(dialect);
    await find(0, offline(PEPE));
    const correct = (byMs: number, at: number) => db.transact((tx) => correctAlarms(tx, { byMs, now: START + at }));
    await correct(HOUR, HOUR + 10 * SECOND);
    await tell(HOUR + 30 * SECOND);
    expect(await heard()).toEqual([]);
    await tell(HOUR + MINUTE);
    expect(await heard()).toHaveLength(1);
    await correct(-HOUR, 2 * MINUTE);
    await tell(6 * HOUR + 2 * MINUTE);
    expect(await heard()).toMatchObject([{ text: expect.stringContaining('Sigue sin resolverse') }]);
    expect(await openAlarms(db)).toMatchObject([{ raisedAt: START + 2 * MINUTE }]);
  });

  test('that an alarm was told, and its message, are one commit', async () => {
    const { db, words, find, tell, heard } = await scene(dialect);
    await addAccount(db, 'eva', 43);
    await find(0, offline(PEPE));
    let calls = 0;
    const killed = {
      ...words,
      raised: (...given: Parameters<typeof words.raised>) => {
        if (++calls === 2) throw new Error('The process was killed here.');
        return words.raised(...given);
      },
    };
    await expect(tellAlarms({ db, words: killed, offlineGraceMs: 0 }, START + MINUTE)).rejects.toThrow('killed');
    expect(await heard()).toEqual([]);
    await tell(MINUTE + 5 * SECOND);
    expect(await heard()).toHaveLength(2);
    await tell(2 * MINUTE);
    expect(await heard()).toEqual([]);
  });
});

test('a notice fits into one message whatever TPVs are called, and no name is HTML', () => {
  const { raised, ended } = alarmNotices('https://hub.example');
  const alarms = (
    [
      'tpv_offline_with_users',
      'tpv_key_shared',
      'tpv_quota_reached',
      'tpv_instructions_waiting',
      'tpv_instructions_failing',
    ] as const
  ).flatMap((code) =>
    many.map((tpv, i) => ({
      ...offline({ id: tpv.id, name: '<b>&"'.repeat(40) }),
      code,
      detail: '<'.repeat(900),
      id: `${code} ${i}`,
      raisedAt: START,
      toldAt: null,
      endedAt: START + MINUTE,
    })),
  );
  for (const text of [raised(alarms, START), ended(alarms, START)]) {
    const shown = text.replaceAll(/<\/?(?:b|a)(?: href="[^"]*")?>/g, '');
    expect(shown).not.toMatch(/[<>]/);
    // Telegram counts what is read.
    expect(shown.replaceAll(/&(?:lt|gt|amp);/g, 'x').length).toBeLessThan(4_096);
  }
});
