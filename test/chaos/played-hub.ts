import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { IfUnknown } from '#protocol';
import { readConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/db/open.ts';
import { createHub, type Hub } from '../../src/hub/hub.ts';
import { type TestClock, testClock, turns } from '../support/clock.ts';
import { logsOf } from '../support/log.ts';
import { FaultyTelegram } from './faulty-telegram.ts';
import { SECRET } from './made-up-hub.ts';
import { type OpenRequests, openRequests } from './open-requests.ts';
import { register } from './register.ts';

export interface PlayedHubOptions {
  /** Persons 1, 2, 3 …, who have written to the bot. */
  chats: number;
  random: () => number;
}

/** How an answer of the hub's reads, as far as this program looks. */
export interface PushTold {
  code: number;
  status: string | undefined;
}

/** What happens at one moment of the clock takes milliseconds; if nothing rests for so long, the program gives up. */
const SETTLE_MS = 120_000;
/** So many looks in a row have to find that nothing happened. */
const CALM = 3;
/** For what waits at the end, of the clock. */
const DRAIN_SECONDS = 3_600;
const DRAIN_STEP_MS = 50;
const ADMIN_TOKEN = 'a-made-up-administrator-token';

/**
 * A whole hub in this process: REST, a SQLite file, and a Telegram behind a line of its own, all by a clock that the
 * program moves, and that stands while anything goes on at its moment.
 */
export class PlayedHub {
  readonly clock: TestClock;
  readonly telegram: FaultyTelegram;
  /** What the hub logged as an error. */
  readonly faults: readonly string[];
  readonly #hub: Hub;
  readonly #url: string;
  readonly #tpv: { id: string; key: string };
  readonly #requests: OpenRequests;
  readonly #dir: string;

  static async open({ chats, random }: PlayedHubOptions): Promise<PlayedHub> {
    const dir = mkdtempSync(join(tmpdir(), 'played-hub-'));
    const requests = openRequests();
    let events = 0;
    const clock = testClock(undefined, () => rest());
    const telegram = await FaultyTelegram.open(clock, random, () => void events++);
    const rest = async () => {
      let since = performance.now();
      for (let calm = 0; calm < CALM; ) {
        const before = events + requests.seen;
        await turns();
        const isStill = events + requests.seen === before;
        if (!isStill) since = performance.now();
        if (performance.now() - since > SETTLE_MS) {
          throw new Error(`${requests.open} requests, of which ${telegram.held} are held, do not rest.`);
        }
        calm = isStill && requests.open === telegram.held ? calm + 1 : 0;
      }
    };
    const faults: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => void faults.push(line.trim()) });
    const config = readConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(dir, 'hub.db')}`,
      DATABASE_DURABILITY: 'normal',
      TELEGRAM_BOT_TOKEN: telegram.emulator.token,
      TELEGRAM_WEBHOOK_SECRET: SECRET,
      TELEGRAM_WEBHOOK_AUTO: 'false',
      TELEGRAM_API_ROOT: telegram.line.apiRoot,
      TPV_REGISTRATION: 'open',
      ADMIN_TOKEN,
    });
    const hub = await createHub(config, logsOf(log), clock, { telegramClock: clock });
    const url = await hub.listen();
    const key = await register(url, 'TPV');
    const { id } = await hub.db.read.selectFrom('tpv_instances').select('id').executeTakeFirstOrThrow();
    const played = new PlayedHub({ clock, telegram, faults, hub, url, tpv: { id, key }, requests, dir });
    await played.#admin('/webhook/setup/', { url: `${url}/webhook/telegram/` });
    for (let id = 1; id <= chats; id++) telegram.emulator.person({ id, first_name: `Persona ${id}` }).send('/start');
    // By the clock, which stands while the hub takes them, however slow the machine is.
    for (let seconds = 0; telegram.emulator.pendingUpdates() > 0; seconds++) {
      if (seconds > DRAIN_SECONDS) throw new Error('The hub takes no updates.');
      await clock.advance(1_000);
    }
    await clock.advance(10_000);
    return played;
  }

  private constructor(parts: {
    clock: TestClock;
    telegram: FaultyTelegram;
    faults: readonly string[];
    hub: Hub;
    url: string;
    tpv: { id: string; key: string };
    requests: OpenRequests;
    dir: string;
  }) {
    this.clock = parts.clock;
    this.telegram = parts.telegram;
    this.faults = parts.faults;
    this.#hub = parts.hub;
    this.#url = parts.url;
    this.#tpv = parts.tpv;
    this.#requests = parts.requests;
    this.#dir = parts.dir;
  }

  get read(): Database['read'] {
    return this.#hub.db.read;
  }

  /** Hears of each message that Telegram took, in that order. */
  onSent(listener: (id: string) => void): void {
    this.#hub.events.on('push.settled', ({ id, status }) => void (status === 'sent' && listener(id)));
  }

  /**
   * The TPV pushes a message.
   * @returns its id, once it is durable; and what the TPV is told of it, which may take 10 s of the clock
   */
  async push(chatId: number, text: string, ifUnknown: IfUnknown): Promise<{ id: string; told: Promise<PushTold> }> {
    const told = this.#ask('POST', '/api/tpv/push', { telegram_user_id: chatId, text, if_unknown: ifUnknown }, text);
    const row = await this.#until(told, () =>
      this.read
        .selectFrom('push_messages')
        .select('id')
        .where('tpv_id', '=', this.#tpv.id)
        .where('idempotency_key', '=', text)
        .executeTakeFirst(),
    );
    if (row === undefined) throw new Error(`${text} was not taken: ${(await told).code}.`);
    return { id: row.id, told };
  }

  /** The TPV changes a message: resolves once that is durable, or answered. */
  async change(id: string, text: string): Promise<{ told: Promise<PushTold> }> {
    const told = this.#ask('PATCH', `/api/tpv/push/${id}`, { text });
    const isKept = () =>
      this.read
        .selectFrom('push_changes')
        .select('push_id')
        .where('push_id', '=', id)
        .where('text', '=', text)
        .executeTakeFirst();
    await this.#until(told, isKept);
    return { told };
  }

  /** An administrator sends it once more. */
  async resend(id: string): Promise<void> {
    await this.#admin(`/api/admin/pushes/${id}/resend`, {});
  }

  /** Lets time pass until nothing waits any more. */
  async drain(): Promise<void> {
    for (let seconds = 0; seconds < DRAIN_SECONDS; seconds += 10) {
      const pushes = await this.read
        .selectFrom('push_messages')
        .select('id')
        .where('not_before', 'is not', null)
        .executeTakeFirst();
      const changes = await this.read.selectFrom('push_changes').select('push_id').executeTakeFirst();
      if (pushes === undefined && changes === undefined) break;
      await this.clock.advance(10_000);
    }
    // What callers wait for at most.
    await this.clock.advance(10_000);
  }

  async close(): Promise<void> {
    let isClosing = true;
    const closed = this.#hub.close().finally(() => {
      isClosing = false;
    });
    while (isClosing) await this.clock.advance(DRAIN_STEP_MS);
    await closed;
    await this.telegram.close();
    this.#requests.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** What `look` finds first, or undefined if there is an answer before. */
  async #until<T>(answered: Promise<unknown>, look: () => Promise<T | undefined>): Promise<T | undefined> {
    let isAnswered = false;
    const answer = answered.finally(() => {
      isAnswered = true;
    });
    answer.catch(() => {});
    for (;;) {
      const wasAnswered = isAnswered;
      const found = await look();
      if (found !== undefined || wasAnswered) return found;
      await turns();
    }
  }

  async #ask(method: string, path: string, body: object, idempotencyKey?: string): Promise<PushTold> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `ApiKey ${this.#tpv.key}`,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(body),
    });
    const { status } = (await response.json()) as { status?: string };
    return { code: response.status, status };
  }

  async #admin(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Token ${ADMIN_TOKEN}` };
    const response = await fetch(`${this.#url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  }
}
