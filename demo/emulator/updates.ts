import { randomInt } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';
import type { Feed } from './feed.ts';
import type { Update, UpdateContent } from './message.ts';
import type { Waits } from './waits.ts';

/** An update that the bot has not taken yet. */
export interface PendingUpdate {
  update: Update;
  /** Updates of one lane are delivered one after the other. */
  lane: string;
  chatId: number | undefined;
  /** By the clock's `elapsed`: then it is dropped. */
  expiresAt: number;
}

const messageKinds = new Set(['message', 'edited_message', 'channel_post', 'edited_channel_post']);
/** How long an update waits for the bot. */
const dayMs = 24 * 3_600_000;
const pressMs = 150_000;

// Telegram sends these only to bots that ask for them by name.
const onlyOnRequest = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

/** What waits for the bot, in order, and in order per chat; webhook delivery and getUpdates take from it. */
export class UpdateQueue {
  /** Empty means all but the kinds that have to be asked for. Shared by setWebhook and getUpdates, as in Telegram. */
  allowedUpdates: readonly string[] = [];
  readonly #feed: Feed;
  readonly #pending = new Map<number, PendingUpdate>();
  readonly #lanes = new Map<string, number[]>();
  readonly #listeners = new Set<(added: PendingUpdate) => void>();
  readonly #emptied = new Set<() => void>();
  readonly #clock: Pick<EmulatorClock, 'elapsed'>;
  /** Nothing expires before. */
  #nextExpiry = Number.POSITIVE_INFINITY;
  #nextId = randomInt(100_000_000, 900_000_000);

  constructor(feed: Feed, clock: Pick<EmulatorClock, 'elapsed'>) {
    this.#feed = feed;
    this.#clock = clock;
  }

  get size(): number {
    this.#dropExpired();
    return this.#pending.size;
  }

  /** Numbers an update and queues it, or drops it where the bot did not ask for its kind. Returns its update_id. */
  add(content: UpdateContent): number {
    const { update_id: _, ...rest } = content;
    const update: Update = { update_id: this.#nextId, ...rest };
    this.#nextId += 1;
    const chatId = chatIdOf(content);
    const filtered = !this.#wants(content);
    this.#feed.emit({ kind: 'update_queued', update, chatId, filtered });
    if (filtered) return update.update_id;
    const [kind] = Object.keys(rest);
    const lane = laneOf(kind, rest) ?? `update ${update.update_id}`;
    const expiresAt = this.#clock.elapsed() + (kind === 'callback_query' ? pressMs : dayMs);
    const added = { update, lane, chatId, expiresAt };
    this.#pending.set(update.update_id, added);
    this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    const queue = this.#lanes.get(lane);
    if (queue === undefined) this.#lanes.set(lane, [update.update_id]);
    else queue.push(update.update_id);
    for (const listener of this.#listeners) listener(added);
    return update.update_id;
  }

  subscribe(listener: (added: PendingUpdate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  lanes(): string[] {
    return [...this.#lanes.keys()];
  }

  /** The update of this lane whose turn it is. */
  head(lane: string): PendingUpdate | undefined {
    this.#dropExpired();
    const id = this.#lanes.get(lane)?.[0];
    return id === undefined ? undefined : this.#pending.get(id);
  }

  confirm(updateId: number): void {
    const pending = this.#pending.get(updateId);
    if (pending === undefined) return;
    this.#pending.delete(updateId);
    const queue = this.#lanes.get(pending.lane) ?? [];
    while (queue[0] !== undefined && !this.#pending.has(queue[0])) queue.shift();
    if (queue.length === 0) this.#lanes.delete(pending.lane);
    if (this.#pending.size === 0) for (const listener of this.#emptied) listener();
  }

  /** Waits until nothing is pending. */
  drained(waits: Waits, timeoutMs: number): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return waits.until<void>(
      (settle) => {
        const listener = () => settle();
        this.#emptied.add(listener);
        return () => this.#emptied.delete(listener);
      },
      timeoutMs,
      () => `${this.#pending.size} updates are still waiting for the bot`,
    );
  }

  /** Up to `limit` updates from `offset` on, oldest first; a negative offset counts from the end. */
  list(offset: number, limit: number): Update[] {
    this.#dropExpired();
    const all = this.#pending.values();
    const from = offset < 0 ? all.drop(Math.max(0, this.#pending.size + offset)) : all;
    return from
      .filter(({ update }) => update.update_id >= offset)
      .take(limit)
      .map(({ update }) => update)
      .toArray();
  }

  confirmBefore(offset: number): void {
    for (const id of this.#pending.keys()) {
      if (id >= offset) break;
      this.confirm(id);
    }
  }

  clear(): void {
    this.#pending.clear();
    this.#lanes.clear();
    for (const listener of this.#emptied) listener();
  }

  #dropExpired(): void {
    const now = this.#clock.elapsed();
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const { update, expiresAt } of this.#pending.values()) {
      if (expiresAt <= now) this.confirm(update.update_id);
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    }
  }

  #wants(content: UpdateContent): boolean {
    const kind = Object.keys(content).find((key) => key !== 'update_id');
    if (kind === undefined) return true;
    return this.allowedUpdates.length === 0 ? !onlyOnRequest.has(kind) : this.allowedUpdates.includes(kind);
  }
}

/** A chat's messages and edits wait for each other, a person's presses, and a chat's changes of membership. */
function laneOf(kind: string | undefined, content: UpdateContent): string | undefined {
  const object = kind === undefined ? undefined : content[kind];
  if (kind === 'callback_query') return laneName('presses of', numberAt(object, 'from', 'id'));
  if (kind === 'my_chat_member') return laneName('membership in', numberAt(object, 'chat', 'id'));
  const id = chatIdOf(content);
  return laneName(kind !== undefined && messageKinds.has(kind) ? 'chat' : `${kind} of`, id);
}

function laneName(family: string, id: number | undefined): string | undefined {
  return id === undefined ? undefined : `${family} ${id}`;
}

function chatIdOf(content: UpdateContent): number | undefined {
  for (const object of Object.values(content)) {
    const id =
      numberAt(object, 'chat', 'id') ??
      numberAt(object, 'message', 'chat', 'id') ??
      numberAt(object, 'from', 'id') ??
      numberAt(object, 'user', 'id');
    if (id !== undefined) return id;
  }
  return undefined;
}

function numberAt(value: unknown, ...path: string[]): number | undefined {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, key);
  }
  return typeof at === 'number' ? at : undefined;
}
