import type { Cancel, Clock } from '../clock.ts';
import type { EventSource } from '../events.ts';
import { NOBODY } from '../users/nobody.ts';

export interface TypingPorts {
  clock: Clock;
  events: EventSource;
  /** Whether no message of the chat is on its way, or waits. */
  isQuiet(chatId: number): boolean;
  /** Has Telegram show it for some 5 s; rejects where it does not. */
  show(chatId: number): Promise<unknown>;
}

/** For so long Telegram shows it, or until a message comes (core.telegram.org/bots/api#sendchataction). */
const SHOWN_MS = 5_000;
/** After a report of `processing`; the next one begins anew. */
const LONGEST_MS = 60_000;
/** In all chats together: what Telegram takes of a bot belongs to messages. */
const MOST_A_SECOND = 5;
/** Instructions that are remembered; of more no more could be shown. */
const MOST_REMEMBERED = 500;

interface Work {
  chatId: number;
  /** In milliseconds as the clock's `elapsed` counts them. */
  until: number;
  cancel: Cancel;
}

/**
 * Shows "typing…" in a person's chat while their TPV says that it works for them. A hint: nothing of it is stored, what
 * does not go out now never does, and it keeps no message waiting.
 */
export class Typing {
  readonly #ports: TypingPorts;
  readonly #works = new Map<string, Work>();
  /** When the last few went out. */
  #shownAt: number[] = [];
  #over = false;

  constructor(ports: TypingPorts) {
    this.#ports = ports;
    ports.events.on('instruction.reported', ({ id, userId, status }) => {
      if (status === 'processing') this.#begin(id, userId);
      else this.#end(id);
    });
    ports.events.on('instruction.unanswered', ({ id }) => this.#end(id));
    ports.events.on('instruction.revoked', ({ id }) => this.#end(id));
  }

  /** Nothing is shown any more. */
  stop(): void {
    this.#over = true;
    for (const id of [...this.#works.keys()]) this.#end(id);
  }

  #begin(id: string, chatId: number): void {
    this.#end(id);
    // A sign of life for an administrator is no person's.
    if (this.#over || chatId === NOBODY || this.#works.size >= MOST_REMEMBERED) return;
    const work = { chatId, until: this.#ports.clock.elapsed() + LONGEST_MS, cancel: () => {} };
    this.#works.set(id, work);
    this.#show(id, work);
  }

  #show(id: string, work: Work): void {
    const { clock, isQuiet, show } = this.#ports;
    const now = clock.elapsed();
    if (now >= work.until) {
      this.#works.delete(id);
      return;
    }
    work.cancel = clock.after(SHOWN_MS, () => this.#show(id, work));
    if (!isQuiet(work.chatId) || !this.#take(now)) return;
    // A person who blocked the bot, an outage: the next report of the TPV's tries again.
    show(work.chatId).catch(() => this.#end(id));
  }

  #take(now: number): boolean {
    this.#shownAt = this.#shownAt.filter((at) => at > now - 1_000);
    if (this.#shownAt.length >= MOST_A_SECOND) return false;
    this.#shownAt.push(now);
    return true;
  }

  #end(id: string): void {
    this.#works.get(id)?.cancel();
    this.#works.delete(id);
  }
}
