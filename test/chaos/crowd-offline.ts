import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { MESSAGE_PRIORITY } from '#protocol';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { Bystander } from '../bench/bystander.ts';
import type { Latencies } from '../bench/latencies.ts';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { madeUpHub } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { untilNone, WAITING_PUSHES } from './until-none.ts';

export interface CrowdOfflineOptions {
  people: number;
  /** How often the hub is killed while it tells them. */
  kills: number;
}

export interface CrowdOfflineResult {
  people: number;
  kills: number;
  seconds: number;
  /** Persons who never read that their TPV is offline. */
  untold: number;
  /** Persons who read it twice, but for what left in the moment of a kill. */
  doubled: number;
  /** Sentences that waited for Telegram at once. */
  mostWaiting: number;
  perSecond: number;
  /** Telegram's 429. */
  limited: number;
  /** How long another TPV's message took to reach its person, at worst, and how many it sent. */
  slowestPushMs: number;
  pushes: number;
  /** How long an answer of `/healthz` took, at worst, while no hub started. */
  heldUpMs: number;
  rssMegabytes: number;
  integrity: string;
}

/** Sentences of a second of Telegram's pace (src/conversation/lookout.ts), and what joined them between two looks. */
const MOST_WAITING = 60;
const LOOK_MS = 250;
/** Another TPV has a person whom it writes to, this often. */
const PUSH_EVERY_MS = 2_000;
const OTHERS_PERSON = 1;
const FIRST_PERSON = 1_000_001;
const TOLD = 'select count(*) from push_messages where tpv_id is null';
const UNTOLD =
  "select count(*) from tpv_instances where name = 'Bar Pepe' and coalesce(offline_untold, online_until) is not null";

/** A TPV goes offline with an untaken message of each of its people: looks how they are told, and what others notice. */
export async function crowdOffline({ people, kills }: CrowdOfflineOptions): Promise<CrowdOfflineResult> {
  const dir = mkdtempSync(join(tmpdir(), 'crowd-offline-'));
  const file = join(dir, 'hub.db');
  let limited = 0;
  const received = new Map<number, number>();
  const emulator = await startEmulator({
    limits: true,
    onEvent: (event) => {
      if (event.kind !== 'call' || event.call.method !== 'sendMessage') return;
      const { chat_id: chat } = event.call.params;
      if (event.call.outcome.ok) received.set(Number(chat), (received.get(Number(chat)) ?? 0) + 1);
      else limited++;
    },
  });
  for (const id of [OTHERS_PERSON, ...Array.from({ length: people }, (_, i) => FIRST_PERSON + i)]) {
    emulator.person({ id, first_name: 'Ana', started: true });
  }
  const env = {
    DATABASE_URL: `sqlite:${file}`,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_API_ROOT: emulator.apiRoot,
    OFFLINE_GRACE_SECONDS: '0',
  };
  const hub = await madeUpHub(env, { log: 'dropped' });
  try {
    await openDatabaseOnce(file);
    await hub.start();
    const other = await register(hub.url.origin, 'Otro');
    await register(hub.url.origin, 'Bar Pepe');
    await hub.end();
    fill(file, people);
    await hub.start();
    const startedAt = performance.now();
    const seen = await tell(hub, file, { other, kills, people });
    const seconds = (performance.now() - startedAt) / 1_000;
    await untilNone(file, WAITING_PUSHES);
    const rssMegabytes = Math.round((hub.rssBytes ?? 0) / 1024 / 1024);
    await hub.end();
    return {
      people,
      kills,
      seconds: Math.round(seconds),
      perSecond: Math.round((people / seconds) * 10) / 10,
      limited,
      ...seen,
      rssMegabytes,
      ...examine(file, received),
    };
  } finally {
    await hub.end('SIGKILL');
    await emulator.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function openDatabaseOnce(file: string): Promise<void> {
  const db = openDatabase({ DATABASE_URL: `sqlite:${file}`, DATABASE_DURABILITY: 'normal' });
  await migrate(db);
  await db.close();
}

/** The people of the TPV that goes offline as soon as the hub starts, each with a message that it has not taken. */
function fill(file: string, people: number): void {
  const db = new SqliteDatabase(file);
  const now = Date.now();
  const tpv = db.prepare<[], string>("select id from tpv_instances where name = 'Bar Pepe'").pluck().get();
  const run = (sql: string) => db.prepare(sql).run({ now, tpv, people });
  const numbers = 'with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :people)';
  db.transaction(() => {
    run(
      "update tpv_instances set transport = 'socket', presence_since = :now, online_until = :now - 1 where id = :tpv",
    );
    run(`insert into telegram_users
      (telegram_id, username, first_name, last_name, language_code, is_active, tpv_id, created_at, last_interaction)
      select ${OTHERS_PERSON}, null, 'Ana', '', 'es', 1, id, :now, :now from tpv_instances where name = 'Otro'`);
    run(`${numbers} insert into telegram_users
      (telegram_id, username, first_name, last_name, language_code, is_active, tpv_id, created_at, last_interaction)
      select ${FIRST_PERSON} + i, null, 'Ana', '', 'es', 1, :tpv, :now, :now from n`);
    run(`${numbers} insert into instructions
      (id, tpv_id, telegram_user_id, command, payload, status, priority, created_at, expires_at, due_at)
      select printf('%08x-0000-7000-8000-%012x', i, i), :tpv, ${FIRST_PERSON} + i, 'process_message', '{"text":"Hola"}',
        'pending', ${MESSAGE_PRIORITY}, :now, :now + 86400000, :now + 86400000 from n`);
  })();
  db.close();
}

/** Waits until all are told, while another TPV pushes and the hub is killed now and then. */
async function tell(
  hub: HubUnderLoad,
  file: string,
  { other, kills, people }: { other: string; kills: number; people: number },
): Promise<Pick<CrowdOfflineResult, 'mostWaiting' | 'slowestPushMs' | 'pushes' | 'heldUpMs'>> {
  const db = new SqliteDatabase(file, { readonly: true });
  const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
  const seen = { mostWaiting: 0, slowestPushMs: 0, pushes: 0, heldUpMs: 0 };
  let bystander = await Bystander.start(hub.url);
  let [killed, pushedAt] = [0, 0];
  try {
    while (count(UNTOLD) > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const hubs = "select count(*) from push_messages where tpv_id is null and status = 'pending'";
      seen.mostWaiting = Math.max(seen.mostWaiting, count(hubs));
      if (killed < kills && count(TOLD) >= ((killed + 1) * people) / (kills + 1)) {
        killed++;
        seen.heldUpMs = Math.max(seen.heldUpMs, worst(await bystander.take()));
        await bystander.end();
        await hub.end('SIGKILL');
        await hub.start();
        bystander = await Bystander.start(hub.url);
        // A hub that has just started compiles its code as it goes.
        await push(hub, other, 'calienta');
        await bystander.take();
      }
      if (performance.now() - pushedAt < PUSH_EVERY_MS) continue;
      pushedAt = performance.now();
      const status = await push(hub, other, `pedido ${++seen.pushes}`);
      if (status !== 201) throw new Error(`A push got ${status}.`);
      seen.slowestPushMs = Math.max(seen.slowestPushMs, Math.round(performance.now() - pushedAt));
    }
    seen.heldUpMs = Math.round(Math.max(seen.heldUpMs, worst(await bystander.take())));
    return seen;
  } finally {
    await bystander.end();
    db.close();
  }
}

function worst(latencies: Latencies): number {
  const [most = 0] = latencies.quantiles([1]);
  return Number.isNaN(most) ? 0 : most;
}

/** 201: it is in the chat. */
async function push(hub: HubUnderLoad, key: string, text: string): Promise<number> {
  const answer = await fetch(new URL('/api/tpv/push/', hub.url), {
    method: 'POST',
    headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ telegram_user_id: OTHERS_PERSON, text }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

function examine(
  file: string,
  received: ReadonlyMap<number, number>,
): Pick<CrowdOfflineResult, 'untold' | 'doubled' | 'integrity'> {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    const persons = db
      .prepare<[number], { id: number; rows: number; again: number }>(
        `select telegram_id as id, count(m.id) as rows, coalesce(sum(m.sent_again), 0) as again
         from telegram_users u left join push_messages m on m.chat_id = u.telegram_id
         where telegram_id >= ? group by telegram_id`,
      )
      .all(FIRST_PERSON);
    const times = (id: number) => received.get(id) ?? 0;
    return {
      untold: persons.filter(({ id, rows }) => rows === 0 || times(id) === 0).length,
      doubled: persons.filter(({ id, rows, again }) => rows > 1 || times(id) > 1 + again).length,
      integrity: String(db.pragma('integrity_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}

export const crowdOfflineProgram = program({
  name: 'crowd-offline',
  options: { people: 10_000, 'crowd-kills': 2 },
  says: ({ people, 'crowd-kills': kills }) =>
    `A TPV goes offline with a message of each of ${people} people, and the hub is killed ${kills} times`,
  run: ({ people, 'crowd-kills': kills }) => crowdOffline({ people, kills }),
  held: ({ untold, doubled, mostWaiting, integrity }) =>
    untold + doubled === 0 && mostWaiting <= MOST_WAITING && integrity === 'ok',
  sums: ({ people }) => `${people} people told once each, no other TPV's message kept waiting`,
});
