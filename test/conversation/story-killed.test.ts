import { expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { testClock } from '../support/clock.ts';
import { fetchJson, freshDatabase, messageUpdate, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { openSocket } from '../support/socket.ts';
import { letHubSpeak } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';
import { ANA, attends, goneAndTold, OFFLINE, PATIENT, pass, REPORTS, reaches, SECOND, TABLE } from './story.ts';

test('each story is told once and in order, where the hub is killed between what happens and what is told', async () => {
  const emulator = await startEmulator({ limits: false });
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const stories = await begun({ databaseUrl, emulator });

  const killed = await startHubProcess({ databaseUrl, emulator, env: PATIENT });
  const headers = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  for (const { standing, key, personId } of stories) {
    if (standing === 'online' || standing === 'in its grace') {
      const socket = await openSocket(killed.url, { key });
      await socket.next('welcome');
      if (standing === 'in its grace') {
        socket.raw.close();
        await socket.closed;
      }
    }
    // At once: this hub's clock is the machine's, and the grace is short.
    const update = { method: 'POST', json: messageUpdate(personId, 'Hola', personId), headers };
    expect(await fetchJson(`${killed.url}/webhook/telegram/`, update)).toMatchObject({ status: 200 });
  }
  const reports = stories.filter(({ report }) => report !== undefined);
  const ids = new Map<string, string>();
  for (const { key, report } of reports) {
    const tpv = { authorization: `ApiKey ${key}` };
    const { body } = await fetchJson(`${killed.url}/api/tpv/instructions/`, { headers: tpv });
    ids.set(key, body.instructions[0].id);
    expect(await reported(killed.url, key, ids, report)).toBe(200);
  }
  killed.process.child.kill('SIGKILL');
  await killed.process.ended;

  const clock = testClock(Date.now());
  const next = await startHub({ databaseUrl, emulator, clock, env: PATIENT });
  for (const { key, report } of reports) expect(await reported(next.url, key, ids, report)).toBe(200);
  for (const { standing, key } of stories) {
    if (standing === 'online') await (await openSocket(next.url, { key })).next('welcome');
  }
  const all = Object.fromEntries(stories.map(({ personId, says }) => [personId, says]));
  await pass(clock, 20);
  await reaches(next, clock, Object.values(all).flat());
  await pass(clock, 200);
  expect(await saidToEach(next)).toEqual(all);
  await vi.waitFor(async () => expect(await receivedByEach(next, Object.keys(all))).toEqual(all), WAIT_MS);
});

/** Of each row of both tables a TPV as it stands when the hub was ended, and a person who has written nothing yet. */
async function begun(where: { databaseUrl: string; emulator: Emulator }) {
  const clock = testClock(Date.now() - 60 * SECOND);
  const hub = await startHub({ ...where, clock, env: PATIENT });
  await letHubSpeak(hub);
  const rows = [
    ...TABLE.map(([standing, service, ...says]) => ({ standing, service, says: says.flat(), report: undefined })),
    ...REPORTS.map(([status, more, because]) => {
      return { standing: 'never connected', service: 'open', says: [OFFLINE, ...because], report: { status, ...more } };
    }),
  ];
  const stories = [];
  for (const [i, story] of rows.entries()) {
    const personId = ANA + i;
    where.emulator.person({ id: personId, first_name: 'Ana', started: true });
    const tpv = await hub.tpv({ name: 'Bar Pepe' });
    await attends(hub, tpv.id, story.service);
    await belongsTo(hub, personId, tpv.id);
    if (story.standing === 'offline') {
      const socket = await tpv.socket();
      socket.raw.close();
      await socket.closed;
    }
    stories.push({ ...story, personId, key: tpv.key });
  }
  await goneAndTold(hub, clock);
  await hub.close();
  return stories;
}

async function reported(url: string, key: string, ids: ReadonlyMap<string, string>, json: object | undefined) {
  const headers = { authorization: `ApiKey ${key}` };
  const path = `${url}/api/tpv/instructions/${ids.get(key)}/`;
  return (await fetchJson(path, { method: 'PUT', headers, json })).status;
}

/** What the hub said to each person, in its order. */
async function saidToEach({ hub }: TestHub) {
  const rows = await hub.db.read.selectFrom('push_messages').selectAll().orderBy('seq').execute();
  const byChat = Map.groupBy(rows, (row) => row.chat_id);
  return Object.fromEntries([...byChat].map(([chat, messages]) => [chat, messages.map(({ text }) => text)]));
}

/**
 * What each person received. Of what left in the moment of the kill the hub says so: its own sentences may have come once
 * more, and count once; a TPV's message is `unknown`, and may not have come.
 */
async function receivedByEach({ hub, emulator }: TestHub, persons: readonly string[]) {
  const rows = await hub.db.read.selectFrom('push_messages').selectAll().orderBy('seq').execute();
  const received = (id: string) => {
    const ofPerson = rows.filter((row) => row.chat_id === Number(id));
    const again = new Set(ofPerson.filter((row) => row.sent_again > 0).map(({ text }) => text));
    const came = emulator.person({ id: Number(id), first_name: 'Ana' }).chat.map(({ text }) => text);
    const once = came.filter((text, i) => text !== came[i - 1] || !again.has(text ?? ''));
    for (const [i, { text, status }] of ofPerson.entries()) {
      if (status === 'unknown' && !once.includes(text)) once.splice(i, 0, text);
    }
    return once;
  };
  return Object.fromEntries(persons.map((id) => [id, received(id)]));
}

/** The person has written to this TPV before. */
async function belongsTo({ hub }: TestHub, personId: number, tpvId: string): Promise<void> {
  const { from } = messageUpdate(1, '', personId).message;
  await hub.db.transact((tx) =>
    tx.kysely
      .insertInto('telegram_users')
      .values({
        telegram_id: personId,
        username: from.username,
        first_name: from.first_name,
        last_name: '',
        language_code: 'es',
        is_active: 1,
        tpv_id: tpvId,
        created_at: 0,
        last_interaction: 0,
        unassigned_told_at: null,
      })
      .execute(),
  );
}
