import { setTimeout as pause } from 'node:timers/promises';

/** Pushes of the TPV under way at once; each asks for a chat of its own. */
const AT_ONCE = 20;
/** A hub that answers nothing for this long is not only being killed, on a busy machine. */
const PATIENCE_MS = 120_000;
const AGAIN_MS = 50;
const LOOK_MS = 5;

/** A TPV that pushes all the time, and repeats each push under its key until it hears something of it. */
export class PushingTpv {
  readonly #url: string;
  readonly #key: string;
  readonly #chats: number;
  #next = 0;
  #running = false;
  #ended = false;
  #lastAnsweredAt = 0;
  #workers: Promise<void>[] = [];
  /** What the hub said of each text. */
  readonly answered = new Map<string, string>();
  readonly strange: string[] = [];

  constructor(url: string, key: string, chats: number) {
    this.#url = url;
    this.#key = key;
    this.#chats = chats;
  }

  start(): void {
    this.#running = true;
    this.#lastAnsweredAt = performance.now();
    this.#workers = Array.from({ length: AT_ONCE }, (_, worker) => this.#work(worker));
  }

  /** @throws a sentence where the hub answers no push any more */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
    if (this.#givesUp()) throw this.#fault();
  }

  /**
   * Resolves when another push was answered: a hub that has just started on a busy machine has answered none for a while.
   * @throws a sentence where the hub answers none any more
   */
  async hearsMore(): Promise<void> {
    for (const before = this.answered.size; this.answered.size === before; await pause(LOOK_MS)) {
      if (this.#givesUp()) throw this.#fault();
    }
  }

  /** Stops at once, also pushes that got no answer. */
  end(): void {
    this.#running = false;
    this.#ended = true;
  }

  #givesUp(): boolean {
    return this.#ended || performance.now() - this.#lastAnsweredAt > PATIENCE_MS;
  }

  #fault(): Error {
    return new Error(`The hub answered no push for ${PATIENCE_MS} ms.`);
  }

  /** Each has chats of its own, so that the order in a chat is the order of its texts. */
  async #work(worker: number): Promise<void> {
    const own = Array.from({ length: this.#chats }, (_, i) => 1 + i).filter((chat) => chat % AT_ONCE === worker);
    for (let turn = 0; this.#running; turn++) {
      const text = `mensaje ${this.#next++}`;
      const chat = own[turn % own.length] ?? 1;
      while (!this.answered.has(text) && !this.#givesUp()) {
        await this.#push(chat, text).catch(() => pause(AGAIN_MS));
      }
    }
  }

  async #push(chat: number, text: string): Promise<void> {
    const answer = await fetch(`${this.#url}/api/tpv/push/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `ApiKey ${this.#key}`,
        'idempotency-key': text,
      },
      body: JSON.stringify({ telegram_user_id: chat, text }),
    });
    const body = (await answer.json()) as { status?: string };
    if (answer.status !== 201 && answer.status !== 202) {
      this.strange.push(`${text}: ${answer.status}`);
      await pause(AGAIN_MS);
      if (answer.status === 503) return;
    }
    this.answered.set(text, body.status ?? '');
    this.#lastAnsweredAt = performance.now();
  }
}
