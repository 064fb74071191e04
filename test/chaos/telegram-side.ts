import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What Telegram's side of the ledger knows of one update. */
interface Posted {
  accepted: boolean;
}

export interface TelegramSideOptions {
  url: string;
  secret: string;
  perSecond: number;
  users: number;
  /** Updates that the database has from before have smaller numbers. */
  firstId?: number;
  /** Called when an update is due, before it is posted for the first time. */
  onDue?(id: number): void;
}

/** Telegram gives up on one attempt after this long, and tries again. */
const ATTEMPT_MS = 5_000;
const AGAIN_AFTER_MS = 200;
/** A hub that answers no 200 for this long is not only being killed, nor restored, on a busy machine. */
const PATIENCE_MS = 120_000;
/** As long as so many have no 200, no new ones are made: a machine that is too slow for the rate would never be done. */
const MOST_WAITING = 1_000;
const LOOK_MS = 5;

/**
 * Posts messages at a steady rate, one at a time per chat, and each one again until it gets its 200, as Telegram
 * does. It remembers what got 200: the hub must never lose any of those.
 */
export class TelegramSide {
  readonly #options: TelegramSideOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #posted = new Map<number, Posted>();
  readonly #chats = new Map<number, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #next: number;
  #ended = false;
  #accepted = 0;
  #lastAcceptedAt = performance.now();
  /** Answers that were neither 200 nor 503. */
  readonly strange: string[] = [];

  constructor(options: TelegramSideOptions) {
    this.#options = options;
    this.#next = options.firstId ?? 1;
  }

  start(): void {
    const startedAt = performance.now();
    this.#lastAcceptedAt = startedAt;
    const first = this.#next - 1;
    let due = first;
    this.#timer = setInterval(() => {
      due = first + ((performance.now() - startedAt) / 1_000) * this.#options.perSecond;
      while (this.#next <= due && this.posted - this.#accepted < MOST_WAITING) this.#queue(this.#next++);
    }, LOOK_MS);
  }

  /**
   * Resolves when another update got its 200: a hub that has just started on a busy machine has taken none for a while.
   * @throws a sentence where the hub accepts none any more
   */
  async acceptsMore(): Promise<void> {
    for (const before = this.#accepted; this.#accepted === before; await pause(LOOK_MS)) {
      if (this.#givesUp()) throw this.#fault();
    }
  }

  /**
   * Stops making new ones; resolves when every one made got its 200.
   * @throws a sentence where the hub accepts none of them any more
   */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#chats.values());
    this.#agent.destroy();
    if (this.posted > this.#accepted) throw this.#fault();
  }

  /** Stops at once, also what is under way: what stands below a program's `finally`. */
  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#agent.destroy();
  }

  get posted(): number {
    return this.#posted.size;
  }

  accepted(): number[] {
    return [...this.#posted].filter(([, { accepted }]) => accepted).map(([id]) => id);
  }

  #queue(id: number): void {
    const entry: Posted = { accepted: false };
    this.#posted.set(id, entry);
    this.#options.onDue?.(id);
    const user = 1 + (id % this.#options.users);
    const before = this.#chats.get(user) ?? Promise.resolve();
    this.#chats.set(
      user,
      before.then(() => this.#untilAccepted(id, user, entry)),
    );
  }

  async #untilAccepted(id: number, user: number, entry: Posted): Promise<void> {
    const body = JSON.stringify({
      update_id: id,
      message: {
        message_id: id,
        date: 1_762_684_200,
        text: `pedido ${id}`,
        from: { id: user, is_bot: false, first_name: 'Ana' },
        chat: { id: user, type: 'private' },
      },
    });
    while (!entry.accepted && !this.#givesUp()) {
      const status = await this.#post(body);
      if (status === 200) {
        entry.accepted = true;
        this.#accepted++;
        this.#lastAcceptedAt = performance.now();
      } else {
        if (status !== undefined && status !== 503) this.strange.push(`update ${id}: ${status}`);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    }
  }

  #givesUp(): boolean {
    return this.#ended || performance.now() - this.#lastAcceptedAt > PATIENCE_MS;
  }

  #fault(): Error {
    return new Error(
      `The hub accepted nothing for ${PATIENCE_MS} ms, and ${this.posted - this.#accepted} updates wait.`,
    );
  }

  /** The status, or undefined where the connection broke. */
  #post(body: string): Promise<number | undefined> {
    return new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-telegram-bot-api-secret-token': this.#options.secret,
      };
      const target = `${this.#options.url}/webhook/telegram/`;
      const outgoing = request(
        target,
        { method: 'POST', agent: this.#agent, headers, timeout: ATTEMPT_MS },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode));
          answer.on('error', () => resolve(undefined));
        },
      );
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(undefined));
      outgoing.end(body);
    });
  }
}
