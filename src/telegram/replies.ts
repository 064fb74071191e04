import type { Api, RawApi } from 'grammy';
import { type Clock, pause } from '../clock.ts';
import type { Logger } from '../log.ts';
import { telegramFault } from './send.ts';

/** What the hub itself says to somebody. */
export interface Reply {
  chatId: number;
  text: string;
  /** A button that copies this text. */
  copy?: { label: string; text: string };
}

/** Telegram takes 30 messages a second from a bot; this leaves room for the TPVs' own. */
const SPACING_MS = 50;
/** More than this many waiting replies: the newest are dropped, and the log says so. */
const MAX_WAITING = 5_000;
/** A greeting is worth nothing after this long. */
const GIVE_UP_AFTER_MS = 10 * 60_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * The hub's own sentences, sent one after the other per chat. They are courtesies: an update is done whether or not
 * they arrive, and a Telegram that can't be reached only makes them late.
 */
export class Replies {
  readonly #api: Api<RawApi>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #chats = new Map<number, Promise<void>>();
  readonly #ended = new AbortController();
  #waiting = 0;
  #nextSlot = 0;

  constructor(api: Api<RawApi>, clock: Clock, log: Logger) {
    this.#api = api;
    this.#clock = clock;
    this.#log = log;
  }

  send(reply: Reply): void {
    this.#enqueue(reply.chatId, async () => {
      await this.#api.sendMessage(reply.chatId, reply.text, {
        parse_mode: 'HTML',
        ...(reply.copy === undefined
          ? {}
          : {
              reply_markup: { inline_keyboard: [[{ text: reply.copy.label, copy_text: { text: reply.copy.text } }]] },
            }),
      });
    });
  }

  /** Ends the spinner on a button that somebody pressed. */
  answerPress(chatId: number, queryId: string, text: string): void {
    this.#enqueue(chatId, async () => {
      await this.#api.answerCallbackQuery(queryId, { text, show_alert: true });
    });
  }

  /** Resolves when all that waits was sent, or after `ms`; what is left is dropped. */
  async close(ms: number): Promise<void> {
    const cancel = this.#clock.after(ms, () => this.#ended.abort());
    await Promise.all(this.#chats.values());
    cancel();
    this.#ended.abort();
  }

  #enqueue(chatId: number, call: () => Promise<void>): void {
    if (this.#waiting >= MAX_WAITING || this.#ended.signal.aborted) {
      this.#log.warn({ chatId }, 'a reply was dropped: too many are waiting, or the hub is closing');
      return;
    }
    this.#waiting++;
    const before = this.#chats.get(chatId) ?? Promise.resolve();
    const mine = before
      .then(() => this.#attempt(chatId, call))
      .finally(() => {
        this.#waiting--;
        if (this.#chats.get(chatId) === mine) this.#chats.delete(chatId);
      });
    this.#chats.set(chatId, mine);
  }

  /** Never rejects. What may have arrived is not sent again. */
  async #attempt(chatId: number, call: () => Promise<void>): Promise<void> {
    const giveUpAt = this.#clock.now() + GIVE_UP_AFTER_MS;
    for (let wait = 1_000; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await this.#slot();
      if (this.#ended.signal.aborted) return;
      try {
        await call();
        return;
      } catch (error) {
        const fault = telegramFault(error);
        const again = fault.kind === 'unreachable' || (fault.kind === 'refused' && fault.code === 429);
        if (!again || this.#clock.now() >= giveUpAt) {
          this.#log.warn({ chatId, fault }, 'a reply was not sent');
          return;
        }
        const asked = fault.kind === 'refused' ? (fault.retryAfterSeconds ?? 1) * 1_000 : wait;
        await pause(this.#clock, asked, this.#ended.signal);
      }
    }
  }

  async #slot(): Promise<void> {
    const now = this.#clock.now();
    this.#nextSlot = Math.max(this.#nextSlot + SPACING_MS, now);
    if (this.#nextSlot > now) await pause(this.#clock, this.#nextSlot - now, this.#ended.signal);
  }
}
