import { type Feed, now } from './feed.ts';
import { type PostAnswer, PostClient } from './post.ts';
import type { PendingUpdate, UpdateQueue } from './updates.ts';
import type { WebhookConfig } from './webhook.ts';

const longestRetryMs = 60_000;

export interface DeliveryTimes {
  retryBaseMs: number;
  webhookTimeoutMs: number;
}

/**
 * Posts updates to the webhook: one in flight per lane, in order, at most `maxConnections` at once. An update that
 * is not taken with 2xx holds its lane and is sent again after growing pauses, for ever: Telegram drops nothing
 * within a day.
 */
export class Delivery {
  config: WebhookConfig | undefined;
  lastError: { atSeconds: number; message: string } | undefined;
  readonly #queue: UpdateQueue;
  readonly #feed: Feed;
  readonly #times: DeliveryTimes;
  readonly #unsubscribe: () => void;
  readonly #ready = new Set<string>();
  readonly #inFlight = new Set<string>();
  readonly #held = new Map<string, NodeJS.Timeout>();
  readonly #attempts = new Map<string, number>();
  #client: PostClient | undefined;
  readonly #rawClient: PostClient;
  #closed = false;

  constructor(queue: UpdateQueue, feed: Feed, times: DeliveryTimes) {
    this.#queue = queue;
    this.#feed = feed;
    this.#times = times;
    this.#rawClient = new PostClient(Number.POSITIVE_INFINITY, times.webhookTimeoutMs);
    this.#unsubscribe = queue.subscribe(({ lane }) => this.#wake(lane));
  }

  /** Points delivery at a webhook, or stops it. What was held is sent at once: a new webhook owes no pauses. */
  use(config: WebhookConfig | undefined): void {
    this.#client?.close();
    this.#client =
      config === undefined ? undefined : new PostClient(config.maxConnections, this.#times.webhookTimeoutMs);
    this.config = config;
    this.lastError = undefined;
    for (const timer of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
    this.#attempts.clear();
    this.#ready.clear();
    this.#feed.emit({ kind: 'webhook', url: config?.url });
    for (const lane of this.#queue.lanes()) this.#wake(lane);
  }

  /** Posts a body past the queue, with the webhook's secret unless `headers` say otherwise. */
  raw(body: string | Buffer, headers: Record<string, string> = {}): Promise<PostAnswer> {
    if (this.config === undefined) {
      return Promise.reject(new Error('No webhook is set: call setWebhook before posting to it.'));
    }
    return this.#rawClient.post(this.config.url, body, { ...secretHeader(this.config), ...headers });
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.use(undefined);
    this.#rawClient.close();
  }

  #wake(lane: string): void {
    if (this.#closed || this.#inFlight.has(lane) || this.#held.has(lane)) return;
    this.#ready.add(lane);
    this.#pump();
  }

  #pump(): void {
    const { config } = this;
    const client = this.#client;
    if (config === undefined || client === undefined) return;
    for (const lane of this.#ready) {
      if (this.#inFlight.size >= config.maxConnections) return;
      this.#ready.delete(lane);
      const pending = this.#queue.head(lane);
      if (pending !== undefined) void this.#deliver(pending, config, client);
    }
  }

  async #deliver(pending: PendingUpdate, config: WebhookConfig, client: PostClient): Promise<void> {
    const { update, lane, chatId } = pending;
    const attempt = (this.#attempts.get(lane) ?? 0) + 1;
    const startedAt = now();
    this.#inFlight.add(lane);
    let answer: PostAnswer | undefined;
    let error: string | undefined;
    try {
      answer = await client.post(config.url, JSON.stringify(update), secretHeader(config));
      if (answer.status < 200 || answer.status > 299) {
        error = `Wrong response from the webhook: ${answer.status} ${answer.statusText}`;
      }
    } catch (failure) {
      error = failure instanceof Error ? failure.message : String(failure);
    }
    this.#inFlight.delete(lane);
    if (this.#closed) return;

    const outdated = this.#client !== client;
    let retryInMs: number | undefined;
    if (error === undefined) {
      this.#attempts.delete(lane);
      this.#queue.confirm(update.update_id);
    } else if (!outdated) {
      this.lastError = { atSeconds: Math.floor(Date.now() / 1000), message: error };
      retryInMs = answer?.retryAfterMs ?? Math.min(this.#times.retryBaseMs * 2 ** (attempt - 1), longestRetryMs);
      this.#attempts.set(lane, attempt);
      this.#hold(lane, retryInMs);
    }
    const delivered = error === undefined;
    const tookMs = now() - startedAt;
    const { update_id: updateId } = update;
    const status = answer?.status;
    this.#feed.emit({ kind: 'delivery', updateId, chatId, attempt, delivered, tookMs, status, error, retryInMs });
    if (this.#queue.head(lane) !== undefined) this.#wake(lane);
    this.#pump();
  }

  #hold(lane: string, ms: number): void {
    const timer = setTimeout(() => {
      this.#held.delete(lane);
      this.#wake(lane);
    }, ms);
    this.#held.set(lane, timer);
  }
}

function secretHeader(config: WebhookConfig): Record<string, string> {
  return config.secret === '' ? {} : { 'x-telegram-bot-api-secret-token': config.secret };
}
