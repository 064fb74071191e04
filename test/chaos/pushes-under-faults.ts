import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, startEmulator } from '../../demo/emulator/mod.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { Events } from '../../src/events.ts';
import { Dispatcher } from '../../src/push/dispatch.ts';
import { enqueue, hubSentence } from '../../src/push/enqueue.ts';
import { resend } from '../../src/push/resend.ts';
import { telegramApi } from '../../src/telegram/outbound/api.ts';
import { telegramChanger } from '../../src/telegram/outbound/changer.ts';
import { telegramSender } from '../../src/telegram/outbound/sender.ts';
import { testClock, turns } from '../support/clock.ts';
import { freePort } from '../support/port.ts';

export interface PushesUnderFaultsOptions {
  /** Of the clock, which runs as fast as the machine can follow. */
  minutes: number;
  perSecond: number;
  chats: number;
  seed: number;
}

export interface PushesUnderFaultsResult {
  seed: number;
  messages: number;
  requests: number;
  faults: Record<string, number>;
  statuses: Record<string, number>;
  /** Said to be sent, or settled as failed, or still waiting; and Telegram never got it. */
  lost: number;
  /** Shown twice although nobody asked for it. */
  doubled: number;
  outOfOrder: number;
  /** Requests that left before Telegram allowed it. */
  tooEarly: number;
  /** Of unknown fate, and then sent once more because somebody asked. */
  resent: number;
  /** After that, shown to nobody. */
  lostAfterResend: number;
  tookSeconds: number;
}

/** How often a request goes wrong, and how. */
const FAULTS: [share: number, make: (random: () => number) => Fault][] = [
  [0.012, (random) => limitedFor(1 + Math.floor(random() * 15))],
  [0.04, (random) => ({ kind: 'error', code: random() < 0.5 ? 500 : 502, description: 'Internal Server Error' })],
  [0.03, () => ({ kind: 'reset' })],
  [0.03, () => ({ kind: 'reset_after' })],
  [0.02, () => ({ kind: 'hang' })],
];
/** As long as the hub itself waits for an answer. */
const HANG_MS = 10_000;
/** What happens at one moment of the clock takes milliseconds; this long, something waits for nothing. */
const SETTLE_MS = 20_000;
/** Nobody listens at Telegram's address for the second half of every fourth minute. */
const isOutage = (ms: number) => Math.floor(ms / 30_000) % 8 === 5;

interface Request {
  at: number;
  chatId: number;
  /** For how long Telegram refused it. */
  limitedMs: number | undefined;
}

/** The dispatcher against a Telegram that answers 429, 5xx, nothing at all, and hangs up, at random. */
export async function pushesUnderFaults(options: PushesUnderFaultsOptions): Promise<PushesUnderFaultsResult> {
  const startedAt = performance.now();
  const random = seeded(options.seed);
  const dir = mkdtempSync(join(tmpdir(), 'pushes-under-faults-'));
  let hanging = 0;
  let sending = 0;
  let queries = 0;
  let events = 0;
  const emulator = await startEmulator({
    onEvent: (event) => {
      if (event.kind === 'call' && event.call.fault === 'hang') hanging++;
      events++;
    },
  });
  const settle = async () => {
    const began = performance.now();
    for (let calm = 0; calm < 2; ) {
      const before = events;
      await turns();
      if (performance.now() - began > SETTLE_MS) {
        throw new Error(`${queries} queries and ${sending} messages, ${hanging} of which hang, do not come to rest.`);
      }
      calm = events === before && queries === 0 && sending === hanging ? calm + 1 : 0;
    }
  };
  const clock = testClock(undefined, settle);
  const begin = clock.now();
  const counted = async <T>(query: () => Promise<T>): Promise<T> => {
    queries++;
    return query().finally(() => {
      queries--;
      events++;
    });
  };
  const unexpected: unknown[] = [];
  const said = new Events((error) => unexpected.push(error));
  const url = `sqlite:${join(dir, 'hub.db')}`;
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' }, { events: said });
  await migrate(db);

  const faults: Record<string, number> = {};
  const requests: Request[] = [];
  let calm = false;
  const chooseFault = (): Fault | undefined => {
    let dice = random();
    for (const [share, make] of FAULTS) {
      if (dice < share) return make(random);
      dice -= share;
    }
    return undefined;
  };
  const api = telegramApi(emulator);
  const online = telegramSender(api);
  const nowhere = telegramApi({ token: emulator.token, apiRoot: `http://127.0.0.1:${await freePort()}` });
  const offline = telegramSender(nowhere);
  const dispatcher = new Dispatcher({
    aheadMs: () => 0,
    db: {
      ...db,
      query: (statement, parameters) => counted(() => db.query(statement, parameters)),
      transact: (fn) => counted(() => db.transact(fn)),
    },
    clock,
    events: said,
    sender: {
      async send(row, leave) {
        const at = clock.now();
        const outage = !calm && isOutage(at - begin);
        const how = calm || outage ? undefined : chooseFault();
        const name = outage ? 'unreachable' : how === undefined ? 'none' : nameOf(how);
        faults[name] = (faults[name] ?? 0) + 1;
        const limitedMs = how?.kind === 'error' && how.retryAfter !== undefined ? how.retryAfter * 1_000 : undefined;
        requests.push({ at, chatId: row.chat_id, limitedMs });
        const release = how && emulator.fail({ chatId: row.chat_id, times: 1, how });
        if (how?.kind === 'hang') clock.after(HANG_MS, () => release?.());
        sending++;
        try {
          return await (outage ? offline : online).send(row, leave);
        } finally {
          sending--;
          if (how?.kind === 'hang') hanging--;
          release?.();
          events++;
        }
      },
      async probe() {
        sending++;
        try {
          const outage = !calm && isOutage(clock.now() - begin);
          // Where nothing leaves already, a probe alone meets the outage.
          if (outage) faults.unreachable = (faults.unreachable ?? 0) + 1;
          return await (outage ? offline : online).probe();
        } finally {
          sending--;
          events++;
        }
      },
    },
    changer: telegramChanger(api),
    retireButtons: async () => {},
    random,
    uploads: { remove: async () => {} },
    onFault: (error) => unexpected.push(error),
  });

  try {
    const chats = Array.from({ length: options.chats }, (_, i) =>
      emulator.person({ id: 1 + i, first_name: `Persona ${i}`, started: true }),
    );
    await dispatcher.start();
    const count = Math.round(options.minutes * 60 * options.perSecond);
    const texts = new Map<string, { text: string; chatId: number }>();
    for (let i = 0; i < count; i++) {
      const chatId = 1 + Math.floor(random() * options.chats);
      const text = `mensaje ${i}`;
      const id = await db.transact((tx) =>
        enqueue(tx, { ...hubSentence(chatId, text), ifUnknown: 'hold' }, clock.now()),
      );
      texts.set(id, { text, chatId });
      await clock.advance((random() * 2_000) / options.perSecond);
    }
    const isWaiting = async () =>
      (await db.read.selectFrom('push_messages').select('id').where('not_before', 'is not', null).execute()).length > 0;
    calm = true;
    for (let seconds = 0; seconds < 600 && (await isWaiting()); seconds += 10) await clock.advance(10_000);

    const rows = await db.read.selectFrom('push_messages').select(['id', 'status']).execute();
    const shown = new Map<string, number>();
    let outOfOrder = 0;
    const look = () => {
      shown.clear();
      for (const { id: chatId, chat } of chats) {
        for (const { text = '' } of chat) shown.set(`${chatId} ${text}`, (shown.get(`${chatId} ${text}`) ?? 0) + 1);
      }
    };
    const timesShown = (id: string) => {
      const { chatId = 0, text = '' } = texts.get(id) ?? {};
      return shown.get(`${chatId} ${text}`) ?? 0;
    };
    look();
    for (const { chat } of chats) {
      const order = chat.map(({ text = '' }) => Number(text.split(' ')[1]));
      outOfOrder += order.filter((one, i) => i > 0 && one < (order[i - 1] ?? 0)).length;
    }
    const statuses: Record<string, number> = {};
    for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
    const lost = rows.filter(({ id, status }) => status !== 'unknown' && timesShown(id) === 0).length;
    const doubled = rows.filter(({ id }) => timesShown(id) > 1).length;

    const unknown = rows.filter(({ status }) => status === 'unknown');
    for (const { id } of unknown) {
      await db.transact((tx) => resend(tx, id, clock.now()));
    }
    for (let seconds = 0; seconds < 600 && (await isWaiting()); seconds += 10) await clock.advance(10_000);
    look();
    if (unexpected.length > 0) throw unexpected[0];
    return {
      seed: options.seed,
      messages: count,
      requests: requests.length,
      faults,
      statuses,
      lost: lost + (count - rows.length),
      doubled,
      outOfOrder,
      tooEarly: tooEarly(requests),
      resent: unknown.length,
      lostAfterResend: rows.filter(({ id }) => timesShown(id) === 0).length,
      tookSeconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    const stopped = dispatcher.stop(0);
    await clock.advance(0);
    await stopped;
    await emulator.close();
    await db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Requests of a chat before Telegram's time for it was over. */
function tooEarly(requests: readonly Request[]): number {
  const allowed = new Map<number, number>();
  let early = 0;
  for (const { at, chatId, limitedMs } of requests) {
    if (at < (allowed.get(chatId) ?? 0)) early++;
    if (limitedMs !== undefined) allowed.set(chatId, at + limitedMs);
  }
  return early;
}

function limitedFor(seconds: number): Fault {
  return { kind: 'error', code: 429, description: `Too Many Requests: retry after ${seconds}`, retryAfter: seconds };
}

function nameOf(how: Fault): string {
  return how.kind === 'error' ? String(how.code) : how.kind;
}

/** The same numbers again for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
