import type { ServerResponse } from 'node:http';
import { HubError } from '../errors.ts';

/** One that watches: a session, or a script with the token. */
export interface Watcher {
  sessionId: string | undefined;
  /** The id of the last event that it got before it was cut. */
  lastEventId: string | undefined;
  /** Of a manager: whose account it is, and the TPVs of whose rows alone they are told; undefined: told of everything. */
  manager?: { accountId: string; tpvIds: readonly string[] } | undefined;
}

/** An open response, and who reads it. */
export interface Stream {
  readonly response: ServerResponse;
  readonly owner: string;
  readonly sessionId: string | undefined;
  /** As `tpvIds` of its watcher. */
  readonly scope: ReadonlySet<string> | undefined;
}

/** Of those who see everything; managers, of whom there may be one per restaurant, never take these. */
const MOST_OF_OVERSEERS = 50;
const MOST_OF_MANAGERS = 200;
/** Of one session; of a manager, of all their sessions. */
const MOST_OF_ONE = 6;
/** A reader that leaves more than this unread is dropped. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** The streams that are open: how many there may be, and what is written to each. */
export class LiveStreams {
  readonly #streams = new Set<Stream>();

  get size(): number {
    return this.#streams.size;
  }

  /** The streams of those who see everything. */
  get overseers(): Stream[] {
    return [...this.#streams].filter(({ scope }) => scope === undefined);
  }

  /** The streams of managers. */
  get managers(): Stream[] {
    return [...this.#streams].filter(({ scope }) => scope !== undefined);
  }

  /** The sessions that watch. */
  get sessionIds(): ReadonlySet<string> {
    return new Set([...this.#streams].flatMap(({ sessionId }) => (sessionId === undefined ? [] : [sessionId])));
  }

  /**
   * Whether one more may watch.
   * @throws HubError `too_many_requests`
   */
  admit(watcher: Watcher): void {
    const alike = watcher.manager === undefined ? this.overseers : this.managers;
    const most = watcher.manager === undefined ? MOST_OF_OVERSEERS : MOST_OF_MANAGERS;
    const own = alike.filter(({ owner }) => owner === ownerOf(watcher)).length;
    if (alike.length >= most || own >= MOST_OF_ONE) {
      throw new HubError('too_many_requests', 'Too many streams are open.', { retryAfterSeconds: 10 });
    }
  }

  /** Keeps a response until either side ends it. @returns undefined: its other side has left already */
  add(response: ServerResponse, watcher: Watcher): Stream | undefined {
    const { sessionId, manager } = watcher;
    const scope = manager && new Set(manager.tpvIds);
    const stream = { response, owner: ownerOf(watcher), sessionId, scope };
    // The other side left, or was dropped: the other streams go on.
    response.on('error', () => {});
    response.once('close', () => this.#streams.delete(stream));
    if (response.destroyed) return undefined;
    this.#streams.add(stream);
    return stream;
  }

  write(stream: Stream, event: string): void {
    const { response } = stream;
    if (!this.#streams.has(stream) || response.writableEnded) return;
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(event);
  }

  writeAll(event: string): void {
    for (const stream of this.#streams) this.write(stream, event);
  }

  endSession(sessionId: string): void {
    for (const stream of this.#streams) if (stream.sessionId === sessionId) stream.response.end();
  }

  endAll(): void {
    for (const { response } of this.#streams) response.end();
  }
}

function ownerOf({ sessionId, manager }: Watcher): string {
  return manager?.accountId ?? sessionId ?? 'token';
}
