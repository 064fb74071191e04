import pg from 'pg';
import { type Cancel, pause, systemClock } from '../clock.ts';
import { CONNECT_MS } from '../db/postgres/session.ts';
import { COMMITS_WITHOUT_DISK, type SideConnections } from '../db/postgres/side.ts';
import { type Hint, type HintKind, type HintOf, hintMessages, readHints } from './hints.ts';
import type { ClusterObserver } from './observer.ts';

export interface SignalsOptions {
  url: string;
  side: SideConnections;
  /** Who tells. */
  id(): string;
  onFault(error: unknown): void;
  observer?: Pick<ClusterObserver, 'told' | 'heard'> | undefined;
}

/** All hubs of a database hear it. */
const CHANNEL = 'valletpv_hubs';
const SEND = `select pg_notify($1, payload), ${COMMITS_WITHOUT_DISK} from unnest($2::text[]) as payload`;
/** Until the server is asked again for a connection that was lost. */
const LISTEN_AGAIN_MS = 250;
/** The server says nothing on a connection that only listens: so it is asked. */
const LISTENS_STILL_MS = 5_000;

/**
 * Hints over PostgreSQL. They are never part of a transaction that writes: `NOTIFY` takes one lock of the whole server
 * until the commit is on disk, and so all hubs' commits would stand in one line. What is told while a message is on
 * its way gathers for the next.
 */
export class PostgresSignals {
  readonly #options: SignalsOptions;
  readonly #clock = systemClock();
  readonly #listeners = new Map<HintKind, Set<(hint: Hint) => void>>();
  readonly #onGap = new Set<() => void>();
  readonly #ended = new AbortController();
  readonly #listening: Promise<void>;
  #waiting: Hint[] = [];
  #sending: Promise<void> | undefined;

  constructor(options: SignalsOptions) {
    this.#options = options;
    this.#listening = this.#listen();
  }

  tell(hint: Hint): void {
    if (this.#ended.signal.aborted) return;
    this.#waiting.push(hint);
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  on<K extends HintKind>(kind: K, fn: (hint: HintOf<K>) => void): Cancel {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    // Only hints of this kind are looked up by it.
    const typed = fn as (hint: Hint) => void;
    listeners.add(typed);
    return () => listeners.delete(typed);
  }

  onGap(fn: () => void): Cancel {
    this.#onGap.add(fn);
    return () => this.#onGap.delete(fn);
  }

  /** Resolves when what was told before is said. */
  async close(): Promise<void> {
    await this.#sending;
    this.#ended.abort();
    await this.#listening;
  }

  /** Never rejects: a hint that can't be told is found by the others' next look at the rows. */
  async #send(): Promise<void> {
    // Those of one commit come one after the other.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const hints = this.#waiting.splice(0);
      const messages = hintMessages(this.#options.id(), hints);
      try {
        await this.#options.side.query(SEND, [CHANNEL, messages]);
        this.#options.observer?.told(hints.map(({ kind }) => kind));
      } catch (error) {
        this.#options.onFault(error);
      }
    }
  }

  async #listen(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.#listenOnce(signal);
      } catch (error) {
        if (!signal.aborted) this.#options.onFault(error);
      }
      if (!signal.aborted) await pause(this.#clock, LISTEN_AGAIN_MS, signal);
    }
  }

  /** Resolves, or rejects, when the connection is over. */
  async #listenOnce(signal: AbortSignal): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'valletpv-hub signals',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
    });
    const { promise: over, resolve } = Promise.withResolvers<void>();
    client.on('error', () => resolve());
    client.on('end', () => resolve());
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    signal.addEventListener('abort', () => resolve(), { once: true });
    let asks: Cancel = () => {};
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      asks = this.#clock.every(LISTENS_STILL_MS, () => {
        client.query('select 1').catch(() => resolve());
      });
      // What was told while this hub did not listen is lost.
      this.#gap();
      await over;
    } finally {
      asks();
      // A connection that hangs is not waited for.
      client.connection.stream.destroy();
      await client.end().catch(() => {});
    }
  }

  #heard(payload: string): void {
    const message = readHints(payload);
    if (message === undefined || message.from === this.#options.id()) return;
    if (message.hints === undefined) this.#gap();
    for (const hint of message.hints ?? []) {
      this.#options.observer?.heard(hint.kind);
      for (const fn of [...(this.#listeners.get(hint.kind) ?? [])]) fn(hint);
    }
  }

  #gap(): void {
    for (const fn of [...this.#onGap]) fn();
  }
}
