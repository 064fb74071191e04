import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { jsonText } from '../../src/db/json-text.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { insertPush } from '../../src/push/push-store.ts';
import { registerTpv } from '../../src/tpvs/register.ts';
import { HubUnderLoad } from '../support/hub-under-load.ts';
import { program } from './program.ts';

export interface PushesWaitingOptions {
  chats: number;
  perChat: number;
  seconds: number;
}

export interface PushesWaitingResult {
  waiting: number;
  seconds: number;
  sent: number;
  perSecond: number;
  /** The most that arrived within any second. */
  mostInASecond: number;
  /** What was too much for Telegram: it kept the call waiting, or said 429. */
  limited: number;
  /** Share of one core. */
  cpuPercent: number;
  rssMegabytes: number;
  readyMs: number;
}

/** Starts a hub with this much waiting, and measures how it works that off. */
export async function pushesWaiting({ chats, perChat, seconds }: PushesWaitingOptions): Promise<PushesWaitingResult> {
  const dir = mkdtempSync(join(tmpdir(), 'pushes-waiting-'));
  const url = `sqlite:${join(dir, 'hub.db')}`;
  await fill(url, chats, perChat);
  const arrivals: number[] = [];
  let limited = 0;
  const emulator = await startEmulator({
    limits: true,
    onEvent: (event) => {
      if (event.kind !== 'call' || event.call.method !== 'sendMessage') return;
      if (event.call.outcome.ok) arrivals.push(event.call.at);
      if (!event.call.outcome.ok || event.call.floodMs !== undefined) limited++;
    },
  });
  for (let id = 1; id <= chats; id++) emulator.person({ id, first_name: 'Ana', started: true });
  const hub = await HubUnderLoad.make(() => ({
    DATABASE_URL: url,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_WEBHOOK_SECRET: 'a-made-up-webhook-secret',
    TELEGRAM_API_ROOT: emulator.apiRoot,
    TELEGRAM_WEBHOOK_AUTO: 'false',
    LOG_LEVEL: 'error',
  }));
  try {
    const readyMs = Math.round(await hub.start());
    // Starting up is not what is measured.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const [from, before] = [Date.now(), hub.cpuMs ?? 0];
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const [until, after] = [Date.now(), hub.cpuMs ?? 0];
    const times = arrivals.filter((at) => at >= from && at < until);
    const took = (until - from) / 1_000;
    return {
      waiting: chats * perChat,
      seconds: took,
      sent: times.length,
      perSecond: Math.round((times.length / took) * 100) / 100,
      mostInASecond: mostInASecond(arrivals),
      limited,
      cpuPercent: Math.round((after - before) / took) / 10,
      rssMegabytes: Math.round((hub.rssBytes ?? 0) / 1024 / 1024),
      readyMs,
    };
  } finally {
    await hub.end('SIGKILL');
    await emulator.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fill(url: string, chats: number, perChat: number): Promise<void> {
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' });
  await migrate(db);
  const now = Date.now();
  const tpv = { name: 'TPV', endpointUrl: 'http://127.0.0.1:9', maxUsers: chats, version: '', metadata: {} };
  const { id: tpvId } = await registerTpv(db.transact, tpv, true, now);
  for (let round = 0; round < perChat; round++) {
    await db.transact(async (tx) => {
      for (let chatId = 1; chatId <= chats; chatId++) {
        await tx.run(insertPush, {
          id: `${round}-${chatId}`,
          tpvId,
          chatId,
          kind: 'text',
          text: `Tu pedido ${round} está <b>listo</b>`,
          parseMode: 'HTML',
          data: jsonText({}),
          silent: 0,
          markup: null,
          key: null,
          hash: null,
          ifUnknown: 'hold',
          uploadBytes: null,
          options: null,
          now,
        });
      }
    });
  }
  await db.close();
}

function mostInASecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && (sorted[to] ?? 0) < (sorted[from] ?? 0) + 1_000) to++;
    most = Math.max(most, to - from);
  }
  return most;
}

export const pushesWaitingProgram = program({
  name: 'pushes-waiting',
  options: { seconds: 30 },
  says: ({ seconds }) => `Working off 1,000 chats × 20 messages for ${seconds} s`,
  run: ({ seconds }) => pushesWaiting({ chats: 1_000, perChat: 20, seconds }),
  held: ({ perSecond, mostInASecond, limited, cpuPercent }) =>
    Math.abs(perSecond - 30) <= 1 && mostInASecond <= 35 && limited === 0 && cpuPercent < 20,
  sums: () => '30/s ±1, no burst above the limits, less than 20 % of a core',
});
