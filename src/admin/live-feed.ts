import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Changed, EventSource } from '../events.ts';
import { PendingChanges } from './live-changes.ts';
import { LiveHistory } from './live-history.ts';

export interface LiveFeedPorts {
  events: EventSource;
  clock: Clock;
  /** What happens now, as JSON can hold it. */
  overview(): Promise<object>;
  /** Whether a session that was valid still is. */
  isValid(sessionId: string): Promise<boolean>;
  /** Somebody looks, or did a moment ago: told each second. */
  watched(): void;
  onFault(error: unknown): void;
}

/** One that watches: a session, or a script with the token. */
export interface Watcher {
  sessionId: string | undefined;
  /** The id of the last event that it got before it was cut. */
  lastEventId: string | undefined;
}

const MAX_STREAMS = 50;
const MAX_STREAMS_PER_SESSION = 6;
/** A reader that leaves more than this unread is dropped. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** Changes go out together: this long after the first, and at most one event in `CHANGES_INTERVAL_MS`. */
const CHANGES_DELAY_MS = 50;
const CHANGES_INTERVAL_MS = 500;
const TICK_MS = 1_000;
const OVERVIEW_INTERVAL_MS = 2_000;
/** Below the minute after which proxies cut what is silent. */
const PING_INTERVAL_MS = 15_000;
/** A stream that was cut and comes back within this long has missed nothing. */
const REMEMBERED_MS = 60_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;

const PING = ': ping\n\n';

/** One open response, and whose it is. */
interface Stream {
  response: ServerResponse;
  owner: string;
  sessionId: string | undefined;
}

/**
 * What changes, sent to all that watch: gathered, written once, and sent to each. While none watches, it
 * listens to nothing.
 */
export class LiveFeed {
  readonly #ports: LiveFeedPorts;
  readonly #streams = new Set<Stream>();
  readonly #changes = new PendingChanges();
  readonly #history = new LiveHistory();
  /** Ends what runs while a browser watches. */
  #cancels: Cancel[] = [];
  #flush: Cancel | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #idleSince: number | undefined;
  #pingedAt = 0;
  #overviewAt = 0;
  #looking = false;
  #troubled = false;
  #closed = false;

  constructor(ports: LiveFeedPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#streams.size;
  }

  /**
   * Whether one more may watch.
   * @throws HubError `too_many_requests`, `unavailable` while the hub closes
   */
  admit({ sessionId }: Watcher): void {
    if (this.#closed) throw new HubError('unavailable', 'The hub is draining.', { retryAfterSeconds: 5 });
    const own = [...this.#streams].filter(({ owner }) => owner === ownerOf(sessionId)).length;
    if (this.#streams.size >= MAX_STREAMS || own >= MAX_STREAMS_PER_SESSION) {
      throw new HubError('too_many_requests', 'Too many streams are open.', { retryAfterSeconds: 10 });
    }
  }

  /** Sends events to a response whose head was written, until either side ends it. */
  open(response: ServerResponse, { sessionId, lastEventId }: Watcher): void {
    const stream = { response, owner: ownerOf(sessionId), sessionId };
    // The other side left, or was dropped: the other streams go on.
    response.on('error', () => {});
    response.once('close', () => this.#left(stream));
    if (response.destroyed) return;
    // First: what an event before this was remembered for may be forgotten.
    const missed = lastEventId === undefined ? [] : this.#history.since(lastEventId);
    this.#streams.add(stream);
    this.#start();
    this.#write(stream, `retry: ${RETRY_MS}\nid: ${this.#history.id}\n\n`);
    if (missed === undefined) this.#write(stream, `event: reset\nid: ${this.#history.id}\ndata: {}\n\n`);
    for (const event of missed ?? []) this.#write(stream, event);
    this.#tellOverview([stream]);
  }

  /** Ends every stream, and takes no new one. */
  close(): void {
    this.#closed = true;
    this.#stop();
    for (const { response } of this.#streams) response.end();
  }

  #start(): void {
    this.#idleSince = undefined;
    if (this.#cancels.length > 0) return;
    const { events, clock } = this.#ports;
    this.#pingedAt = clock.elapsed();
    this.#overviewAt = clock.elapsed();
    this.#ports.watched();
    this.#cancels = [
      events.on('changed', ({ what, id }) => this.#changed(what, id)),
      events.on('session.ended', ({ sessionId }) => this.#endSession(sessionId)),
      clock.every(TICK_MS, () => this.#tick()),
    ];
  }

  #stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    this.#flush?.();
    this.#flush = undefined;
    this.#changes.take();
    this.#history.forget();
  }

  /** Rows were created or changed at another hub. */
  changedElsewhere(what: Changed, ids: readonly string[], more: boolean): void {
    if (this.#cancels.length === 0) return;
    for (const id of ids) this.#changes.add(what, id);
    if (more) this.#changes.addMore(what);
    this.#flushSoon();
  }

  #changed(what: Changed, id: string): void {
    this.#changes.add(what, id);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flush !== undefined) return;
    const { clock } = this.#ports;
    const wait = Math.max(CHANGES_DELAY_MS, this.#flushedAt + CHANGES_INTERVAL_MS - clock.elapsed());
    this.#flush = clock.after(wait, () => {
      this.#flush = undefined;
      this.#flushedAt = clock.elapsed();
      const data = JSON.stringify(this.#changes.take());
      this.#tell(this.#history.add((id) => `event: changes\nid: ${id}\ndata: ${data}\n\n`));
    });
  }

  #tick(): void {
    const now = this.#ports.clock.elapsed();
    if (this.#streams.size === 0) {
      this.#idleSince ??= now;
      if (now - this.#idleSince >= REMEMBERED_MS) this.#stop();
      else this.#ports.watched();
      return;
    }
    this.#ports.watched();
    if (now - this.#pingedAt >= PING_INTERVAL_MS) {
      this.#pingedAt = now;
      this.#tell(PING);
    }
    if (now - this.#overviewAt >= OVERVIEW_INTERVAL_MS) {
      this.#overviewAt = now;
      this.#tellOverview(this.#streams);
    }
    this.#lookAtSessions();
  }

  #tellOverview(streams: Iterable<Stream>): void {
    this.#ports.overview().then(
      (overview) => {
        this.#troubled = false;
        const event = `event: overview\nid: ${this.#history.id}\ndata: ${JSON.stringify(overview)}\n\n`;
        for (const stream of streams) this.#write(stream, event);
      },
      (error) => this.#fault(error),
    );
  }

  /** A session may have ended in another process, or by itself. */
  #lookAtSessions(): void {
    if (this.#looking) return;
    this.#looking = true;
    const ids = new Set([...this.#streams].map(({ sessionId }) => sessionId));
    const looks = [...ids].map(async (id) => {
      if (id !== undefined && !(await this.#ports.isValid(id))) this.#endSession(id);
    });
    Promise.all(looks)
      .catch((error) => this.#fault(error))
      .finally(() => {
        this.#looking = false;
      });
  }

  #endSession(sessionId: string): void {
    for (const stream of this.#streams) if (stream.sessionId === sessionId) stream.response.end();
  }

  #tell(event: string): void {
    for (const stream of this.#streams) this.#write(stream, event);
  }

  #write(stream: Stream, event: string): void {
    const { response } = stream;
    if (!this.#streams.has(stream) || response.writableEnded) return;
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(event);
  }

  #left(stream: Stream): void {
    this.#streams.delete(stream);
  }

  /** A database that is away says so elsewhere too: once is enough here. */
  #fault(error: unknown): void {
    if (!this.#troubled) this.#ports.onFault(error);
    this.#troubled = true;
  }
}

function ownerOf(sessionId: string | undefined): string {
  return sessionId ?? 'token';
}
