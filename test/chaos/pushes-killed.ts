import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { PushingTpv } from './pushing-tpv.ts';
import { register } from './register.ts';
import { untilNone, WAITING_PUSHES } from './until-none.ts';

export interface PushesKilledOptions {
  kills: number;
  chats: number;
}

/** The database beside what the emulator received. */
export interface PushesKilledResult {
  kills: number;
  /** Pushes that the hub answered. */
  answered: number;
  statuses: Record<string, number>;
  /** Answered, and not in the database; or said to be sent, and never received. */
  lost: number;
  /** Received twice. */
  doubled: number;
  /** Received although the hub says that it failed. */
  disowned: number;
  /** Of the unknown ones, how many were received. */
  unknownReceived: number;
  outOfOrder: number;
  /** Where the hub says another number than the message has. */
  wrongNumbers: number;
  strangeAnswers: string[];
  integrity: string;
  slowestReadyMs: number;
}

/** A killed hub lives at least this long, and at most three times as long. */
const LEAST_LIFE_MS = 300;
/** Telegram takes its time, so that a kill meets requests under way. */
const TELEGRAM_MS = 40;
/** Between two tries to tell the hub the same. */
const AGAIN_MS = 50;

/** Kills a hub with SIGKILL again and again while it sends, and compares its rows with what Telegram really got. */
export async function pushesKilled(options: PushesKilledOptions): Promise<PushesKilledResult> {
  const dir = mkdtempSync(join(tmpdir(), 'pushes-killed-'));
  const file = join(dir, 'hub.db');
  const emulator = await startEmulator();
  emulator.fail({ method: 'sendMessage', how: { kind: 'delay', ms: TELEGRAM_MS } });
  const hub = await madeUpHub({
    DATABASE_URL: `sqlite:${file}`,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_API_ROOT: emulator.apiRoot,
  });
  let tpv: PushingTpv | undefined;
  try {
    let slowestReadyMs = await hub.start();
    const key = await register(hub.url.origin, 'TPV');
    for (let chat = 1; chat <= options.chats; chat++) {
      emulator.person({ id: chat, first_name: 'Ana', started: true });
      await meet(hub.url.origin, chat);
    }
    tpv = new PushingTpv(hub.url.origin, key, options.chats);
    tpv.start();
    for (let kill = 0; kill < options.kills; kill++) {
      await pause(LEAST_LIFE_MS * (1 + 2 * Math.random()));
      await tpv.hearsMore();
      await hub.end('SIGKILL');
      slowestReadyMs = Math.max(slowestReadyMs, await hub.start());
    }
    await tpv.stop();
    await untilNone(file, WAITING_PUSHES);
    await hub.end();
    return {
      kills: options.kills,
      answered: tpv.answered.size,
      ...compare(file, emulator, tpv.answered, options.chats),
      strangeAnswers: tpv.strange,
      slowestReadyMs: Math.round(slowestReadyMs),
    };
  } finally {
    tpv?.end();
    await hub.end('SIGKILL');
    await emulator.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A person writes to the bot, and belongs to the TPV from then on; Telegram tells it again until it is taken. */
async function meet(url: string, id: number): Promise<void> {
  const answer = await fetch(`${url}/webhook/telegram/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
    body: JSON.stringify({
      update_id: id,
      message: {
        message_id: id,
        date: 1_762_684_200,
        text: 'Hola',
        from: { id, is_bot: false, first_name: 'Ana' },
        chat: { id, type: 'private' },
      },
    }),
  });
  await answer.arrayBuffer();
  if (answer.ok) return;
  await pause(AGAIN_MS);
  await meet(url, id);
}

interface Row {
  text: string;
  chat_id: number;
  status: string;
  telegram_message_id: number | null;
}

function compare(file: string, emulator: Emulator, answered: ReadonlyMap<string, string>, chats: number) {
  const received = new Map<string, number[]>();
  let outOfOrder = 0;
  for (let id = 1; id <= chats; id++) {
    const { chat } = emulator.person({ id, first_name: 'Ana' });
    let before = -1;
    for (const { text = '', message_id: number } of chat) {
      received.set(text, [...(received.get(text) ?? []), number]);
      const place = Number(text.split(' ')[1]);
      if (place < before) outOfOrder++;
      before = place;
    }
  }
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    const rows = db
      .prepare<[], Row>('select text, chat_id, status, telegram_message_id from push_messages')
      .all()
      .filter(({ text }) => text.startsWith('mensaje '));
    const statuses: Record<string, number> = {};
    for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
    const known = new Set(rows.map(({ text }) => text));
    const times = ({ text }: Row) => received.get(text)?.length ?? 0;
    const of = (status: string) => rows.filter((row) => row.status === status);
    return {
      statuses,
      lost: [...answered.keys()].filter((text) => !known.has(text)).length + of('sent').filter((r) => !times(r)).length,
      doubled: rows.filter((row) => times(row) > 1).length,
      disowned: of('failed').filter((row) => times(row) > 0).length,
      unknownReceived: of('unknown').filter((row) => times(row) > 0).length,
      outOfOrder,
      wrongNumbers: of('sent').filter((row) => received.get(row.text)?.[0] !== row.telegram_message_id).length,
      integrity: String(db.pragma('integrity_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}

export const pushesKilledProgram = program({
  name: 'pushes-killed',
  options: { 'push-kills': 50 },
  says: ({ 'push-kills': kills }) => `Killing the hub ${kills} times while it sends`,
  run: ({ 'push-kills': kills }) => pushesKilled({ kills, chats: 200 }),
  held: ({ statuses, lost, doubled, disowned, outOfOrder, wrongNumbers, strangeAnswers, integrity }) => {
    const isSettled = Object.keys(statuses).every((status) => ['sent', 'failed', 'unknown'].includes(status));
    const wrong = lost + doubled + disowned + outOfOrder + wrongNumbers + strangeAnswers.length;
    return isSettled && wrong === 0 && integrity === 'ok';
  },
  sums: ({ kills }) => `${kills} kills, and Telegram got what the rows say`,
});
