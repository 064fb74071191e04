import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Changed, EventSource } from '../events.ts';
import { PendingChanges } from './live-changes.ts';
import { LiveHistory } from './live-history.ts';
import { changesWithin, type TpvsOfRows } from './live-scope.ts';
import { LiveStreams, type Stream, type Watcher } from './live-streams.ts';
import type { LiveChanges } from './schemas/live.ts';

export interface LiveFeedPorts {
  events: EventSource;
  clock: Clock;
  /** What happens now, as JSON can hold it. */
  overview(): Promise<object>;
  /** Whether a session that was valid still is. */
  isValid(sessionId: string): Promise<boolean>;
  /** Somebody looks, or did a moment ago: told each second. */
  watched(): void;
  /** Which TPV each of these rows is of. */
  tpvsOf(changes: LiveChanges): Promise<TpvsOfRows>;
  onFault(error: unknown): void;
}

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

/**
 * What changes, sent to all that watch: gathered, written once, and sent to each. While none watches, it
 * listens to nothing.
 */
export class LiveFeed {
  readonly #ports: LiveFeedPorts;
  readonly #streams = new LiveStreams();
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
  admit(watcher: Watcher): void {
    if (this.#closed) throw new HubError('unavailable', 'The hub is draining.', { retryAfterSeconds: 5 });
    this.#streams.admit(watcher);
  }

  /** Sends events to a response whose head was written, until either side ends it. */
  open(response: ServerResponse, watcher: Watcher): void {
    // First: what an event before this was remembered for may be forgotten.
    const missed = this.#missedBy(watcher);
    const stream = this.#streams.add(response, watcher);
    if (stream === undefined) return;
    this.#start();
    this.#streams.write(stream, `retry: ${RETRY_MS}\nid: ${this.#history.id}\n\n`);
    if (missed === undefined) this.#tellReset(stream);
    for (const event of missed ?? []) this.#streams.write(stream, event);
    if (stream.scope === undefined) this.#tellOverview([stream]);
  }

  /** What a watcher missed while it was cut; undefined: it can't be told, and loads everything again. */
  #missedBy({ lastEventId, manager }: Watcher): readonly string[] | undefined {
    if (lastEventId === undefined) return [];
    // What is remembered is of every TPV.
    return manager === undefined ? this.#history.since(lastEventId) : undefined;
  }

  /** Ends every stream, and takes no new one. */
  close(): void {
    this.#closed = true;
    this.#stop();
    this.#streams.endAll();
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
      events.on('session.ended', ({ sessionId }) => this.#streams.endSession(sessionId)),
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
      const changes = this.#changes.take();
      const data = JSON.stringify(changes);
      const event = this.#history.add((id) => `event: changes\nid: ${id}\ndata: ${data}\n\n`);
      for (const stream of this.#streams.overseers) this.#streams.write(stream, event);
      this.#tellManagers(changes);
    });
  }

  /** Tells managers of the rows of their own TPVs. */
  #tellManagers(changes: LiveChanges): void {
    const { managers } = this.#streams;
    if (managers.length === 0) return;
    const told = this.#ports.tpvsOf(changes).then((tpvs) => {
      for (const stream of managers) {
        const own = stream.scope && changesWithin(changes, tpvs, stream.scope);
        if (own !== undefined) this.#write(stream, 'changes', own);
      }
    });
    told.catch((error: unknown) => {
      this.#fault(error);
      for (const stream of managers) this.#tellReset(stream);
    });
  }

  #tellReset(stream: Stream): void {
    this.#write(stream, 'reset', {});
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
      this.#streams.writeAll(PING);
    }
    if (now - this.#overviewAt >= OVERVIEW_INTERVAL_MS) {
      this.#overviewAt = now;
      this.#tellOverview(this.#streams.overseers);
    }
    this.#lookAtSessions();
  }

  /** How the hub is, to those who see all of it. */
  #tellOverview(overseers: readonly Stream[]): void {
    if (overseers.length === 0) return;
    this.#ports.overview().then(
      (overview) => {
        this.#troubled = false;
        const event = this.#eventOf('overview', overview);
        for (const stream of overseers) this.#streams.write(stream, event);
      },
      (error) => this.#fault(error),
    );
  }

  /** A session may have ended in another process, or by itself. */
  #lookAtSessions(): void {
    if (this.#looking) return;
    this.#looking = true;
    const looks = [...this.#streams.sessionIds].map(async (id) => {
      if (!(await this.#ports.isValid(id))) this.#streams.endSession(id);
    });
    Promise.all(looks)
      .catch((error) => this.#fault(error))
      .finally(() => {
        this.#looking = false;
      });
  }

  #write(stream: Stream, event: string, data: object): void {
    this.#streams.write(stream, this.#eventOf(event, data));
  }

  /** An event that is remembered by no number of its own. */
  #eventOf(event: string, data: object): string {
    return `event: ${event}\nid: ${this.#history.id}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  /** A database that is away says so elsewhere too: once is enough here. */
  #fault(error: unknown): void {
    if (!this.#troubled) this.#ports.onFault(error);
    this.#troubled = true;
  }
}
