import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import type { IfUnknown } from '../../src/db/push-tables.ts';
import { HubError } from '../../src/errors.ts';
import { Events } from '../../src/events.ts';
import { Dispatcher } from '../../src/push/dispatch.ts';
import { enqueue, hubSentence } from '../../src/push/enqueue.ts';
import { pushById } from '../../src/push/push-store.ts';
import { resend } from '../../src/push/resend.ts';
import { telegramChanger } from '../../src/telegram/outbound/changer.ts';
import { telegramSender } from '../../src/telegram/outbound/sender.ts';
import { type TestClock, testClock, turns } from '../support/clock.ts';
import { FaultyTelegram } from './faulty-telegram.ts';
import { type Asked, type Judgement, judge } from './push-judge.ts';
import { seeded } from './seeded.ts';

export interface PushesUnderFaultsOptions {
  /** Of the clock, which runs as fast as the machine can follow. */
  minutes: number;
  perSecond: number;
  chats: number;
  seed: number;
  /** What becomes of what may have arrived. With `hold`, it is sent again at the end. */
  ifUnknown: IfUnknown;
}

export interface PushesUnderFaultsResult extends Judgement {
  seed: number;
  messages: number;
  changes: number;
  calls: number;
  mishaps: Record<string, number>;
  statuses: Record<string, number>;
  /** Of unknown fate, and at the end sent once more because an administrator asked. */
  resent: number;
  /** After that, shown to nobody. */
  missingAfterResend: number;
  tookSeconds: number;
}

/** What happens at one moment of the clock takes milliseconds; where nothing happens for so long, it waits for nothing. */
const SETTLE_MS = 60_000;
/** For what waits at the end, of the clock. */
const DRAIN_SECONDS = 3_600;
/** A message is changed so often … */
const CHANGED = 0.25;
/** … and so many changes at one moment flood a chat. */
const [FLOODED, FLOOD] = [0.01, 20];
const LATEST = 100;

/** A run's state: what was asked for, on a real database, of a dispatcher on a clock of its own. */
interface Run {
  db: Database;
  clock: TestClock;
  dispatcher: Dispatcher;
  telegram: FaultyTelegram;
  asked: Map<string, Asked>;
  /** What Telegram took, in that order. */
  sent: string[];
  changes: number;
}

/** The dispatcher against a Telegram over a line, both with faults at random; messages, and changes of them. */
export async function pushesUnderFaults(options: PushesUnderFaultsOptions): Promise<PushesUnderFaultsResult> {
  const startedAt = performance.now();
  const random = seeded(options.seed);
  const dir = mkdtempSync(join(tmpdir(), 'pushes-under-faults-'));
  const busy = { calls: 0, queries: 0, events: 0 };
  const settle = async () => {
    let began = performance.now();
    for (let calm = 0; calm < 3; ) {
      const before = busy.events;
      await turns();
      if (busy.events !== before) began = performance.now();
      if (performance.now() - began > SETTLE_MS) {
        throw new Error(`${busy.queries} queries and ${busy.calls} calls, ${telegram.held} of them held, do not rest.`);
      }
      calm = busy.events === before && busy.queries === 0 && busy.calls === telegram.held ? calm + 1 : 0;
    }
  };
  const clock = testClock(undefined, settle);
  const telegram = await FaultyTelegram.open(clock, random, () => busy.events++);
  const counted = async <T>(what: 'calls' | 'queries', work: () => Promise<T>): Promise<T> => {
    busy[what]++;
    return work().finally(() => {
      busy[what]--;
      busy.events++;
    });
  };
  const unexpected: unknown[] = [];
  const said = new Events((error) => unexpected.push(error));
  const url = `sqlite:${join(dir, 'hub.db')}`;
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' }, { events: said });
  await migrate(db);
  const sender = telegramSender(telegram.api);
  const changer = telegramChanger(telegram.api);
  const call = <T>(chatId: number, work: () => Promise<T>) => counted('calls', () => telegram.bent(chatId, work));
  const dispatcher = new Dispatcher({
    aheadMs: () => 0,
    db: {
      ...db,
      query: (statement, parameters) => counted('queries', () => db.query(statement, parameters)),
      transact: (fn) => counted('queries', () => db.transact(fn)),
    },
    clock,
    events: said,
    sender: {
      send: (row, leave) => call(row.chat_id, () => sender.send(row, leave)),
      probe: () => counted('calls', () => sender.probe()),
    },
    changer: {
      edit: (row, alternatives) => call(row.chat_id, () => changer.edit(row, alternatives)),
      editButtons: (row) => call(row.chat_id, () => changer.editButtons(row)),
      delete: (row) => call(row.chat_id, () => changer.delete(row)),
    },
    retireButtons: async () => {},
    random,
    uploads: { remove: async () => {} },
    fetchFile: async () => ({ kind: 'impossible', description: 'nothing is fetched here' }),
    onFault: (error) => unexpected.push(error),
  });
  const run: Run = { db, clock, dispatcher, telegram, asked: new Map(), sent: [], changes: 0 };
  said.on('push.settled', ({ id, status }) => void (status === 'sent' && run.sent.push(id)));
  try {
    for (let id = 1; id <= options.chats; id++) {
      telegram.emulator.person({ id, first_name: `Persona ${id}`, started: true });
    }
    await dispatcher.start();
    await pushAndChange(run, options, random);
    await drain(run);
    const before = await judgement(run);
    const resent = options.ifUnknown === 'hold' ? await resendUnknown(run) : 0;
    const { missing } = resent > 0 ? await judgement(run) : before;
    if (unexpected.length > 0) throw unexpected[0];
    return {
      seed: options.seed,
      messages: run.asked.size,
      changes: run.changes,
      calls: telegram.emulator.calls.length,
      mishaps: telegram.mishaps,
      ...before,
      resent,
      missingAfterResend: missing,
      tookSeconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    const stopped = dispatcher.stop(0);
    await clock.advance(0);
    await stopped;
    await telegram.close();
    await db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Whether a run did what it must. What is to come at least once may come twice, and then out of order; nothing of it is
 * missing.
 */
export function pushesHeld(result: PushesUnderFaultsResult, ifUnknown: IfUnknown): boolean {
  const { lost, changesLost, tooEarly, overPace, unknownWithoutCause, doubled, outOfOrder } = result;
  const always = lost + changesLost + tooEarly + overPace + unknownWithoutCause + result.missingAfterResend;
  return always + (ifUnknown === 'hold' ? doubled + outOfOrder : result.missing) === 0;
}

async function pushAndChange(run: Run, options: PushesUnderFaultsOptions, random: () => number): Promise<void> {
  const { db, clock, telegram, asked, sent } = run;
  const { minutes, perSecond, chats, ifUnknown } = options;
  const count = Math.round(minutes * 60 * perSecond);
  const begin = clock.now();
  for (let i = 0; i < count; i++) {
    const chatId = 1 + Math.floor(random() * chats);
    const text = `mensaje ${i}`;
    const id = await db.transact((tx) => enqueue(tx, { ...hubSentence(chatId, text), ifUnknown }, clock.now()));
    asked.set(id, { chatId, text, status: 'waiting', version: 0, isGivenUp: false });
    const floods = random() < FLOODED ? FLOOD : 0;
    const times = floods > 0 ? floods : random() < CHANGED ? 1 : 0;
    // A flood falls on the last messages of one chat.
    const isMeant = (one: string) => floods === 0 || asked.get(one)?.chatId === chatId;
    const among = sent.slice(-LATEST).filter(isMeant);
    for (let n = 0; n < times; n++) await change(run, among[Math.floor(random() * among.length)]);
    await clock.advance((random() * 2_000) / perSecond);
    await telegram.weather((clock.now() - begin) / (minutes * 60_000));
  }
  await telegram.weather(Number.POSITIVE_INFINITY);
}

/** Asks for another version of a message that was sent. */
async function change(run: Run, id: string | undefined): Promise<void> {
  const { db, dispatcher, asked } = run;
  const [row] = id === undefined ? [] : await db.query(pushById, { id });
  const one = row && asked.get(row.id);
  if (row === undefined || one === undefined || row.status !== 'sent') return;
  run.changes++;
  one.version++;
  dispatcher.changes.ask(row, { text: `${one.text} · ${one.version}` }).catch((error: unknown) => {
    if (!(error instanceof HubError)) throw error;
    one.isGivenUp = true;
  });
}

/** Lets time pass until nothing waits any more. */
async function drain({ db, clock }: Run): Promise<void> {
  for (let seconds = 0; seconds < DRAIN_SECONDS; seconds += 10) {
    const pushes = await db.read.selectFrom('push_messages').select('id').where('not_before', 'is not', null).execute();
    const changes = await db.read.selectFrom('push_changes').select('push_id').execute();
    if (pushes.length + changes.length === 0) return;
    await clock.advance(10_000);
  }
}

async function resendUnknown({ db, clock, asked, ...run }: Run): Promise<number> {
  const unknown = [...asked].filter(([, { status }]) => status === 'unknown');
  for (const [id] of unknown) await db.transact((tx) => resend(tx, id, clock.now()));
  await drain({ db, clock, asked, ...run });
  return unknown.length;
}

async function judgement({ db, telegram, asked }: Run): Promise<Judgement & { statuses: Record<string, number> }> {
  const statuses: Record<string, number> = {};
  const rows = await db.read.selectFrom('push_messages').select(['id', 'status']).execute();
  for (const { id, status } of rows) {
    statuses[status] = (statuses[status] ?? 0) + 1;
    const one = asked.get(id);
    if (one !== undefined) one.status = status;
  }
  const { emulator, line } = telegram;
  const ids = new Set([...asked.values()].map(({ chatId }) => chatId));
  const chats = new Map([...ids].map((id) => [id, emulator.person({ id, first_name: `Persona ${id}` }).chat] as const));
  const evidence = { asked: [...asked.values()], chats, calls: emulator.calls, swallowed: line.swallowed };
  return { ...judge(evidence), statuses };
}
