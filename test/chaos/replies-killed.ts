import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { OPEN_INSTRUCTIONS, untilNone, WAITING_PUSHES } from './until-none.ts';

/** The database beside what the TPV heard and the emulator received. */
export interface RepliesKilledResult {
  kills: number;
  /** Reports that the hub answered with the id of their message. */
  answered: number;
  statuses: Record<string, number>;
  /** Reports without their message, and messages without their report. */
  apart: number;
  /** Answered, and not in the database so; or said to be sent, and never received. */
  lost: number;
  /** Received twice, or twice in the database. */
  doubled: number;
  /** Received although the hub says that it failed. */
  disowned: number;
  strangeAnswers: string[];
  integrity: string;
}

/** Persons who write, each the next thing once the last was reported on. */
const PERSONS = 20;
/** A killed hub lives at least this long; then the next report is waited for … */
const LEAST_LIFE_MS = 200;
/** … and it dies at a random moment after that left. */
const REPORT_MS = 25;
/** Telegram takes its time, so that a kill meets messages under way. */
const TELEGRAM_MS = 40;
const AGAIN_MS = 50;

/** Kills a hub with SIGKILL again and again between reports and their replies, and looks whether any were parted. */
export async function repliesKilled({ kills }: { kills: number }): Promise<RepliesKilledResult> {
  const dir = mkdtempSync(join(tmpdir(), 'replies-killed-'));
  const file = join(dir, 'hub.db');
  const emulator = await startEmulator();
  emulator.fail({ method: 'sendMessage', how: { kind: 'delay', ms: TELEGRAM_MS } });
  const hub = await madeUpHub({
    DATABASE_URL: `sqlite:${file}`,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_API_ROOT: emulator.apiRoot,
    // What was handed out in the moment of a kill comes again soon.
    SENT_LEASE_SECONDS: '5',
  });
  let restaurant: Restaurant | undefined;
  try {
    await hub.start();
    for (let id = 1; id <= PERSONS; id++) emulator.person({ id, first_name: 'Ana', started: true });
    restaurant = new Restaurant(hub.url.origin, await register(hub.url.origin, 'TPV'));
    restaurant.open();
    for (let kill = 0; kill < kills; kill++) {
      await sleep(LEAST_LIFE_MS);
      await restaurant.nextReport();
      await sleep(REPORT_MS * Math.random());
      await hub.end('SIGKILL');
      await hub.start();
    }
    await restaurant.close();
    await untilNone(file, OPEN_INSTRUCTIONS);
    await untilNone(file, WAITING_PUSHES);
    restaurant.end();
    await hub.end();
    const { answered, strange } = restaurant;
    return { kills, answered: answered.size, ...compare(file, emulator, answered), strangeAnswers: strange };
  } finally {
    restaurant?.end();
    await hub.end('SIGKILL');
    await emulator.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Its people write, and its TPV completes each instruction with a reply, as often as it takes to hear of it. */
class Restaurant {
  readonly #url: string;
  readonly #key: string;
  readonly #instructions = new Map<string, PromiseWithResolvers<string>>();
  readonly #ended = new AbortController();
  #isOpen = true;
  #updates = 0;
  #people: Promise<void>[] = [];
  #reported = Promise.withResolvers<void>();
  /** The message's id that each report was answered with, by its text. */
  readonly answered = new Map<string, string>();
  readonly strange: string[] = [];

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  open(): void {
    void this.#poll();
    this.#people = Array.from({ length: PERSONS }, (_, i) => this.#live(1 + i));
  }

  /** Resolves when a report leaves. */
  nextReport(): Promise<void> {
    return this.#reported.promise;
  }

  /** No person writes any more; resolves when the last report was answered. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all(this.#people);
  }

  end(): void {
    this.#isOpen = false;
    this.#ended.abort();
  }

  async #live(person: number): Promise<void> {
    while (this.#isOpen) {
      const update = ++this.#updates;
      const text = `mensaje ${update}`;
      const handedOut = Promise.withResolvers<string>();
      this.#instructions.set(text, handedOut);
      await this.#until(200, '/webhook/telegram/', messageOf(update, text, person), 'POST');
      const id = await handedOut.promise;
      const path = `/api/tpv/instructions/${id}/`;
      const body = await this.#until(200, path, { status: 'completed', reply: { text } }, 'PUT');
      this.answered.set(text, String(Object(body).push_message_id));
    }
  }

  async #poll(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const body = await this.#until(200, '/api/tpv/instructions/?limit=50&wait=1', undefined, 'GET');
      for (const { id, payload } of Object(body).instructions ?? []) this.#instructions.get(payload.text)?.resolve(id);
    }
  }

  /** Asks the same until the hub answers so. */
  async #until(wanted: number, path: string, json: object | undefined, method: string): Promise<unknown> {
    while (!this.#ended.signal.aborted) {
      try {
        if (method === 'PUT') {
          this.#reported.resolve();
          this.#reported = Promise.withResolvers();
        }
        const answer = await fetch(`${this.#url}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            authorization: `ApiKey ${this.#key}`,
            'x-telegram-bot-api-secret-token': SECRET,
          },
          ...(json && { body: JSON.stringify(json) }),
          signal: this.#ended.signal,
        });
        const body: unknown = await answer.json();
        if (answer.status === wanted) return body;
        if (answer.status !== 503) this.strange.push(`${method} ${path}: ${answer.status} ${JSON.stringify(body)}`);
      } catch {
        // It is being killed.
      }
      await sleep(AGAIN_MS);
    }
    return undefined;
  }
}

/** A person's message, as Telegram words it. */
function messageOf(update: number, text: string, id: number): object {
  const person = { from: { id, is_bot: false, first_name: 'Ana' }, chat: { id, type: 'private' } };
  return { update_id: update, message: { message_id: update, date: 1_762_684_200, text, ...person } };
}

interface Row {
  id: string;
  text: string;
  status: string;
  key: string;
}

function compare(file: string, emulator: Emulator, answered: ReadonlyMap<string, string>) {
  const received = new Map<string, number>();
  for (let id = 1; id <= PERSONS; id++) {
    for (const { text = '' } of emulator.person({ id, first_name: 'Ana' }).chat) {
      received.set(text, (received.get(text) ?? 0) + 1);
    }
  }
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    const replies = db
      .prepare<[], Row>('select id, text, status, idempotency_key as key from push_messages where tpv_id is not null')
      .all();
    const reported = db.prepare<[], string>("select id from instructions where status = 'completed'").pluck().all();
    const keys = new Set(replies.map(({ key }) => key));
    const wanted = new Set(reported.map((id) => `${id}:reply:completed`));
    const statuses: Record<string, number> = {};
    for (const { status } of replies) statuses[status] = (statuses[status] ?? 0) + 1;
    const times = ({ text }: Row) => received.get(text) ?? 0;
    const of = (status: string) => replies.filter((row) => row.status === status);
    const known = new Map(replies.map(({ text, id }) => [text, id]));
    return {
      statuses,
      apart: keys.symmetricDifference(wanted).size,
      lost:
        [...answered].filter(([text, id]) => known.get(text) !== id).length +
        of('sent').filter((r) => !times(r)).length,
      doubled: replies.filter((row) => times(row) > 1).length + replies.length - known.size,
      disowned: of('failed').filter((row) => times(row) > 0).length,
      integrity: String(db.pragma('integrity_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}

export const replyKilledProgram = program({
  name: 'reply-killed',
  options: { kills: 200 },
  says: ({ kills }) => `Killing the hub ${kills} times between reports and their replies`,
  run: repliesKilled,
  held: ({ statuses, apart, lost, doubled, disowned, strangeAnswers, integrity }) => {
    const isSettled = Object.keys(statuses).every((status) => ['sent', 'unknown'].includes(status));
    return isSettled && apart + lost + doubled + disowned + strangeAnswers.length === 0 && integrity === 'ok';
  },
  sums: ({ kills, answered }) => `${kills} kills, ${answered} reports with replies, 0 apart`,
});
