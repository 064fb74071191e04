import type { EmulatorClock } from './clock.ts';
import type { Feed } from './feed.ts';
import { Lanes } from './lanes.ts';
import { type PostAnswer, PostClient } from './post.ts';
import { ConnectionAllowance, retryWaitMs } from './retries.ts';
import type { PendingUpdate, UpdateQueue } from './updates.ts';
import type { WebhookConfig } from './webhook.ts';

/** A webhook that answers 410 for so long is removed. */
const goneForMs = 23 * 3_600_000;

export interface DeliveryOptions {
  retryBaseMs: number;
  webhookTimeoutMs: number;
  /** 0..1 */
  random: () => number;
}

/** What belongs to one webhook, and goes with it. */
interface Target {
  config: WebhookConfig;
  client: PostClient;
  lanes: Lanes;
  allowance: ConnectionAllowance;
  /** Since when it answers nothing but 410. */
  goneSince: number | undefined;
}

/**
 * Posts updates to the webhook: one in flight per lane, in order, at most `maxConnections` at once. An update that is
 * not taken with 2xx holds its lane, and is sent again until it expires.
 */
export class Delivery {
  /** Each failure writes it; only another webhook clears it, no success does. */
  lastError: { atSeconds: number; message: string } | undefined;
  readonly #queue: UpdateQueue;
  readonly #feed: Feed;
  readonly #clock: EmulatorClock;
  readonly #options: DeliveryOptions;
  readonly #unsubscribe: () => void;
  readonly #inFlight = new Set<string>();
  readonly #rawClient: PostClient;
  #target: Target | undefined;
  #wakeUp: (() => void) | undefined;
  #paused = false;
  #closed = false;

  constructor(queue: UpdateQueue, feed: Feed, clock: EmulatorClock, options: DeliveryOptions) {
    this.#queue = queue;
    this.#feed = feed;
    this.#clock = clock;
    this.#options = options;
    this.#rawClient = new PostClient(Number.POSITIVE_INFINITY, clock, options.webhookTimeoutMs);
    this.#unsubscribe = queue.subscribe(({ lane }) => {
      this.#target?.lanes.add(lane);
      this.#pump();
    });
  }

  get config(): WebhookConfig | undefined {
    return this.#target?.config;
  }

  /** Points delivery at a webhook, or stops it. What was held is sent at once: a new webhook owes no pauses. */
  use(config: WebhookConfig | undefined): void {
    this.#target?.client.close();
    this.#target?.lanes.close();
    this.#wakeUp?.();
    this.#target = config === undefined ? undefined : this.#targetFor(config);
    this.lastError = undefined;
    this.#feed.emit({ kind: 'webhook', url: config?.url });
    for (const lane of this.#queue.lanes()) this.#target?.lanes.add(lane);
    this.#pump();
  }

  /** Posts nothing while it is paused. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#pump();
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

  #targetFor(config: WebhookConfig): Target {
    return {
      config,
      client: new PostClient(config.maxConnections, this.#clock, this.#options.webhookTimeoutMs),
      // At most so many lanes are loaded: where each one's first update keeps failing, the others wait.
      lanes: new Lanes(this.#clock, 2 * config.maxConnections, () => this.#pump()),
      allowance: new ConnectionAllowance(config.maxConnections),
      goneSince: undefined,
    };
  }

  #pump(): void {
    this.#wakeUp?.();
    this.#wakeUp = undefined;
    const target = this.#target;
    if (target === undefined || this.#paused) return;
    const { lanes, allowance } = target;
    for (const lane of lanes.ready()) {
      if (this.#inFlight.has(lane)) continue;
      const pending = this.#queue.head(lane);
      if (pending === undefined) {
        // Another lane takes its place, and is looked at after these.
        lanes.remove(lane);
        continue;
      }
      const now = this.#clock.elapsed();
      if (this.#inFlight.size >= allowance.allowed(now)) {
        this.#wakeUp = this.#clock.after(allowance.nextAt(now) - now, () => this.#pump());
        return;
      }
      void this.#deliver(pending, target);
    }
  }

  async #deliver(pending: PendingUpdate, target: Target): Promise<void> {
    const { update, lane, chatId } = pending;
    const { config, client, lanes, allowance } = target;
    const attempt = lanes.attempts(lane) + 1;
    const startedAt = this.#clock.elapsed();
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

    const now = this.#clock.elapsed();
    let retryInMs: number | undefined;
    if (error === undefined) {
      allowance.succeeded(now);
      target.goneSince = undefined;
      lanes.taken(lane);
      this.#queue.confirm(update.update_id);
    } else if (this.#target === target) {
      this.lastError = { atSeconds: Math.floor(this.#clock.now() / 1000), message: error };
      retryInMs = this.#refused(pending, attempt, answer, target);
    }
    const delivered = error === undefined;
    const { update_id: updateId } = update;
    const { status } = answer ?? {};
    const tookMs = now - startedAt;
    this.#feed.emit({ kind: 'delivery', updateId, chatId, attempt, delivered, tookMs, status, error, retryInMs });
    this.#pump();
  }

  /** @returns after how long it comes again; undefined where it does not */
  #refused(pending: PendingUpdate, attempt: number, answer: PostAnswer | undefined, target: Target) {
    const { lane, update, expiresAt } = pending;
    const now = this.#clock.elapsed();
    target.goneSince = answer?.status === 410 ? (target.goneSince ?? now) : undefined;
    if (target.goneSince !== undefined && now - target.goneSince > goneForMs) {
      this.use(undefined);
      return undefined;
    }
    const { retryBaseMs, random } = this.#options;
    const waitMs = answer?.retryAfterMs ?? retryWaitMs(attempt, retryBaseMs, random);
    if (now + waitMs >= expiresAt) {
      target.lanes.taken(lane);
      this.#queue.confirm(update.update_id);
      return undefined;
    }
    target.lanes.hold(lane, waitMs);
    return waitMs;
  }
}

function secretHeader(config: WebhookConfig): Record<string, string> {
  return config.secret === '' ? {} : { 'x-telegram-bot-api-secret-token': config.secret };
}
