import { onTestFinished } from 'vitest';
import type { IfUnknown } from '#protocol';
import { SOLO } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { Events } from '../../src/events.ts';
import { Dispatcher } from '../../src/push/dispatch.ts';
import { enqueue, hubSentence } from '../../src/push/enqueue.ts';
import type { PushRow } from '../../src/push/message.ts';
import { pushById } from '../../src/push/push-store.ts';
import type { ChangeOutcome, SendOutcome } from '../../src/push/send-port.ts';
import { registerTpv } from '../../src/tpvs/register.ts';
import { type TestClock, testClock, turns } from './clock.ts';
import { type DialectUnderTest, freshDatabase } from './hub.ts';
import { patience } from './within.ts';

/** A message as Telegram got it. */
export interface Got {
  /** On the test's clock, from its start. */
  at: number;
  chatId: number;
  text: string;
}

/** A change as Telegram got it. */
export interface GotChange extends Got {
  kind: 'edit' | 'buttons' | 'delete';
}

export interface TestDispatcher {
  readonly db: Database;
  readonly clock: TestClock;
  readonly dispatcher: Dispatcher;
  readonly databaseUrl: string;
  /** What Telegram got so far. */
  readonly got: readonly Got[];
  /** The clock's time when it started. */
  readonly started: number;
  readonly faults: readonly unknown[];
  /** When Telegram was asked whether it works; on the test's clock, from its start. */
  readonly probes: readonly number[];
  /** What it answers to that. */
  works: () => boolean;
  /** Before a message leaves: what keeps it from that, if something does. */
  connect: (row: PushRow) => Promise<SendOutcome | undefined>;
  /** The changes that Telegram was asked for so far. */
  readonly changes: readonly GotChange[];
  /** What it says to a change. */
  answerChange: (got: GotChange) => ChangeOutcome | Promise<ChangeOutcome>;
  /** Of the messages that are pushed from now on. */
  ifUnknown: IfUnknown;
  /** What Telegram says; everything is taken by default. */
  answer: (row: PushRow, got: Got) => SendOutcome | Promise<SendOutcome>;
  /** A message of this TPV (the hub itself by default) to a chat; resolves with its id. */
  push(chatId: number, text: string, tpvId?: string): Promise<string>;
  /** Many in one transaction. */
  pushAll(messages: readonly { chatId: number; text: string; tpvId?: string }[]): Promise<string[]>;
  tpv(name: string): Promise<string>;
  row(id: string): Promise<PushRow>;
  /** Resolves when nothing more happens until the clock moves. */
  idle(): Promise<void>;
}

export interface DispatcherOptions {
  database?: DialectUnderTest;
  databaseUrl?: string;
  clock?: TestClock;
  /** Not yet: the test starts it. */
  stopped?: boolean;
  random?: () => number;
  /** Puts something between the dispatcher and the database. */
  wrap?: (db: Database) => Database;
}

const START = Date.UTC(2025, 10, 9, 10, 30);
let messageId = 0;

export function sent(): SendOutcome {
  return { kind: 'sent', messageId: ++messageId, asPlain: false };
}

/** The dispatcher over a real database, with a Telegram that says what the test wants. */
export async function startDispatcher(options: DispatcherOptions = {}): Promise<TestDispatcher> {
  const databaseUrl = options.databaseUrl ?? (await freshDatabase(options.database ?? 'sqlite'));
  const faults: unknown[] = [];
  const said = new Events((error) => faults.push(error));
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' }, { events: said });
  let closed = false;
  onTestFinished(async () => {
    try {
      await stop();
    } finally {
      closed = true;
      await db.close();
    }
  });
  await migrate(db);
  const got: Got[] = [];
  const probes: number[] = [];
  let events = 0;
  let queries = 0;
  const idle = async () => {
    const waits = patience(() => `${queries} queries did not end, or others followed,`);
    for (let calm = 0; calm < 2 && !closed; waits()) {
      const before = events;
      await turns();
      calm = events === before && queries === 0 ? calm + 1 : 0;
    }
  };
  const clock = options.clock ?? settlingClock(idle);
  const counted = async <T>(query: () => Promise<T>): Promise<T> => {
    queries++;
    return query().finally(() => {
      queries--;
      events++;
    });
  };
  const watched = options.wrap?.(db) ?? db;
  const changes: GotChange[] = [];
  const changed = async (row: Pick<PushRow, 'chat_id'>, kind: GotChange['kind'], text: string) => {
    events++;
    const one = { at: clock.now() - START, chatId: row.chat_id, text, kind };
    changes.push(one);
    const outcome = await test.answerChange(one);
    events++;
    return outcome;
  };
  const dispatcher = new Dispatcher({
    cluster: SOLO,
    aheadMs: () => 0,
    db: {
      ...watched,
      query: (statement, parameters) => counted(() => watched.query(statement, parameters)),
      transact: (fn) => counted(() => watched.transact(fn)),
    },
    clock,
    events: said,
    sender: {
      async send(row, leave) {
        events++;
        const failed = await test.connect(row);
        events++;
        if (failed !== undefined) return failed;
        if (!(await leave())) return { kind: 'cut', description: 'WITHDRAWN' };
        const one = { at: clock.now() - START, chatId: row.chat_id, text: row.text };
        got.push(one);
        const outcome = await test.answer({ ...row, attempts: row.attempts + 1 }, one);
        events++;
        return outcome;
      },
      async probe() {
        events++;
        probes.push(clock.now() - START);
        return test.works();
      },
    },
    changer: {
      edit: (row) => changed(row, 'edit', row.text),
      editButtons: (row) => changed(row, 'buttons', ''),
      delete: (row) => changed(row, 'delete', ''),
    },
    retireButtons: async () => {},
    random: options.random ?? (() => 0),
    uploads: { remove: async () => {} },
    fetchFile: async () => ({ kind: 'impossible', description: 'nothing is fetched here' }),
    onFault: (error) => {
      events++;
      faults.push(error);
    },
  });
  const stop = async () => {
    const stopped = dispatcher.stop(0);
    await clock.advance(0);
    await stopped;
  };
  const test: TestDispatcher = {
    db,
    clock,
    dispatcher,
    databaseUrl,
    got,
    probes,
    works: () => true,
    started: START,
    faults,
    connect: async () => undefined,
    changes,
    ifUnknown: 'hold',
    answerChange: () => ({ kind: 'changed', asPlain: false }),
    answer: sent,
    push: async (chatId, text, tpvId) => (await test.pushAll([{ chatId, text, ...(tpvId && { tpvId }) }]))[0] ?? '',
    pushAll: (messages) =>
      db.transact(async (tx) => {
        const ids: string[] = [];
        for (const { chatId, text, tpvId = null } of messages) {
          const request = { ...hubSentence(chatId, text), tpvId, ifUnknown: test.ifUnknown };
          ids.push(await enqueue(tx, request, clock.now()));
        }
        return ids;
      }),
    async tpv(name) {
      const one = { name, endpointUrl: 'http://127.0.0.1:9', maxUsers: 9, version: '', metadata: {} };
      return (await registerTpv(db.transact, one, true, clock.now())).id;
    },
    async row(id) {
      const [row] = await db.query(pushById, { id });
      if (row === undefined) throw new Error(`There is no push ${id}.`);
      return row;
    },
    idle,
  };
  if (options.stopped !== true) await dispatcher.start();
  return test;
}

/** A clock that stands still while something is still going on. */
function settlingClock(idle: () => Promise<void>): TestClock {
  const clock = testClock(START, idle);
  return {
    ...clock,
    async advance(ms) {
      await idle();
      await clock.advance(ms);
    },
  };
}
