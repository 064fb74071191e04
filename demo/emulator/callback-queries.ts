import { randomInt } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';
import type { Params } from './params.ts';
import { badRequest } from './refusal.ts';

interface OpenQuery {
  chatId: number;
  expiresAt: number;
  answer: (params: Params) => void;
}

/** Presses that the bot has not answered yet. */
export class CallbackQueries {
  readonly #open = new Map<string, OpenQuery>();
  readonly #ttlMs: number;
  readonly #clock: Pick<EmulatorClock, 'elapsed'>;

  constructor(clock: Pick<EmulatorClock, 'elapsed'>, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** Opens a query; `answer` gets the parameters of the answerCallbackQuery that ends it. Returns its id. */
  add(chatId: number, answer: (params: Params) => void): string {
    const id = `${randomInt(1, 2 ** 47)}${randomInt(10_000, 99_999)}`;
    this.#open.set(id, { chatId, expiresAt: this.#clock.elapsed() + this.#ttlMs, answer });
    return id;
  }

  /** Ends a query and returns the chat it came from. */
  answer(id: string, params: Params): number {
    const query = this.#open.get(id);
    this.#open.delete(id);
    if (query === undefined || query.expiresAt < this.#clock.elapsed()) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid');
    }
    query.answer(params);
    return query.chatId;
  }
}
