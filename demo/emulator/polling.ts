import type { EmulatorClock } from './clock.ts';
import { integer, type Method, type Params } from './params.ts';
import { badRequest, Refusal } from './refusal.ts';
import type { UpdateQueue } from './updates.ts';
import { allowedUpdatesFrom } from './webhook.ts';

const longestPollSeconds = 50;

/** getUpdates: one long poll at a time; a newer one ends the older with 409, as Telegram does. */
export class Polling {
  readonly #queue: UpdateQueue;
  readonly #clock: Pick<EmulatorClock, 'after'>;
  readonly #hasWebhook: () => boolean;
  #stopWaiting: ((reason: string | undefined) => void) | undefined;

  constructor(queue: UpdateQueue, clock: Pick<EmulatorClock, 'after'>, hasWebhook: () => boolean) {
    this.#queue = queue;
    this.#clock = clock;
    this.#hasWebhook = hasWebhook;
  }

  readonly getUpdates: Method = async ({ params, onDisconnect }) => {
    if (this.#hasWebhook()) {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    this.end('terminated by other getUpdates request; make sure that only one bot instance is running');
    const { offset, limit, timeoutMs } = rangeFrom(params);
    this.#queue.allowedUpdates = allowedUpdatesFrom(params) ?? this.#queue.allowedUpdates;
    if (offset > 0) this.#queue.confirmBefore(offset);
    let updates = this.#queue.list(offset, limit);
    if (offset < 0 && updates[0] !== undefined) this.#queue.confirmBefore(updates[0].update_id);
    if (updates.length === 0 && timeoutMs > 0) {
      const reason = await this.#wait(timeoutMs, onDisconnect);
      if (reason !== undefined) throw conflict(reason);
      updates = this.#queue.list(offset, limit);
    }
    return { result: updates };
  };

  /** Ends the open long poll: with 409 and a reason, or empty. */
  end(reason?: string): void {
    this.#stopWaiting?.(reason);
  }

  #wait(timeoutMs: number, onDisconnect: (listener: () => void) => void): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const stop = (reason: string | undefined) => {
      cancel();
      unsubscribe();
      if (this.#stopWaiting === stop) this.#stopWaiting = undefined;
      resolve(reason);
    };
    const cancel = this.#clock.after(timeoutMs, () => stop(undefined));
    const unsubscribe = this.#queue.subscribe(() => stop(undefined));
    onDisconnect(() => stop(undefined));
    this.#stopWaiting = stop;
    return promise;
  }
}

function rangeFrom(params: Params): { offset: number; limit: number; timeoutMs: number } {
  const limit = integer(params, 'limit') ?? 100;
  if (limit < 0) throw badRequest('limit must be positive');
  return {
    offset: integer(params, 'offset') ?? 0,
    limit: limit === 0 ? 100 : Math.min(limit, 100),
    timeoutMs: Math.min(Math.max(integer(params, 'timeout') ?? 0, 0), longestPollSeconds) * 1000,
  };
}

function conflict(reason: string): Refusal {
  return new Refusal(409, `Conflict: ${reason}`);
}
