import { Backoff } from '../backoff.ts';
import type { Cancel } from '../clock.ts';
import type { HubClientError } from '../errors.ts';
import { LONGEST_WAIT_MS } from '../http/refusal.ts';
import type { Settings } from '../options.ts';
import { CloseCode } from '../protocol/codes.ts';
import type { ClientStatus, OnlineStatus, Transport } from '../status.ts';
import type { HubFrameOf } from '../wire/frames.ts';
import type { Connection, Outgoing, Session, SessionFrame } from './connection.ts';
import { Dials } from './dials.ts';
import { type Ending, judge, type Verdict } from './ending.ts';
import { openPolling } from './polling/polling.ts';
import { openSocket } from './socket.ts';

/** How long past `reconnect_after_ms` a draining hub may keep the socket before this side leaves it. */
const DRAIN_PATIENCE_MS = 30_000;

/** A change of the link's; `paused` is not its affair. */
export type LinkStatus = Exclude<ClientStatus, { state: 'idle' | 'paused' }>;

/** What the link tells its owner. */
export interface LinkEvents {
  /** A session began; also where it took the place of a poll, without being offline. */
  online(session: Session): void;
  received(frame: Exclude<SessionFrame, { type: 'drain' }>): void;
  offline(): void;
  status(status: LinkStatus): void;
}

/**
 * Keeps one connection to the hub: dials, and dials again until it is stopped or the hub says to stop. Where no socket
 * can be had, it polls, and tries the socket again every 60 s.
 */
export class Link {
  readonly #settings: Settings;
  readonly #events: LinkEvents;
  readonly #backoff: Backoff;
  readonly #dials: Dials;
  /** What is welcomed, or dialing while nothing else is. */
  #connection: Connection | undefined;
  /** A socket that is tried while polls are the connection. */
  #candidate: Connection | undefined;
  #online: OnlineStatus | undefined;
  #attempt = 0;
  #reconnectAfterMs: number | undefined;
  #timers: Cancel[] = [];
  #stopped = false;

  constructor(settings: Settings, events: LinkEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#backoff = new Backoff(settings.backoff);
    this.#dials = new Dials(settings.clock);
  }

  /** Dials for the first time. */
  start(): void {
    this.#dial();
  }

  /** Whether the frame was given to a connection. */
  send(frame: Outgoing): boolean {
    return this.#connection?.send(frame) ?? false;
  }

  /** Ends the connection and dials no more. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTimers();
    await Promise.all([this.#connection?.close(), this.#candidate?.close()]);
    this.#events.status({ state: 'closed' });
  }

  #dial(): void {
    this.#attempt++;
    this.#open(this.#settings.transport === 'polling' ? 'polling' : 'websocket');
  }

  #open(transport: Transport): void {
    this.#events.status({ state: 'connecting', attempt: this.#attempt, transport });
    // A status listener may have closed the client just now.
    if (this.#stopped) return;
    this.#connection =
      transport === 'websocket' ? this.#openSocket((ending) => this.#noSocket(ending)) : this.#openPolling();
  }

  /** @param failed called where the socket ends before its welcome */
  #openSocket(failed: (ending: Ending) => void): Connection {
    let welcomed = false;
    const connection = openSocket(this.#settings, {
      welcomed: (session) => {
        if (this.#stopped) return;
        welcomed = true;
        this.#dials.welcomed();
        this.#welcomed(connection, session);
      },
      // Each event asks whether its own connection is still the current one: a late one of an old socket must not
      // touch the new one.
      received: (frame) => this.#received(connection, frame),
      ended: (ending) => {
        if (welcomed) this.#ended(connection, ending);
        else if (!this.#stopped) {
          this.#dials.failed(ending);
          failed(ending);
        }
      },
    });
    return connection;
  }

  #openPolling(): Connection {
    const polling: Connection = openPolling(this.#settings, {
      welcomed: (session) => {
        if (!this.#stopped && this.#connection === polling) this.#welcomed(polling, session);
      },
      received: (frame) => this.#received(polling, frame),
      ended: (ending) => this.#ended(polling, ending),
      ...(this.#settings.transport === 'auto' && { trySocket: () => this.#trySocket() }),
    });
    return polling;
  }

  /** Dials while polls are the connection; resolves when that failed. */
  #trySocket(): Promise<void> {
    return new Promise((resolve) => {
      this.#candidate = this.#openSocket((ending) => {
        this.#candidate = undefined;
        const verdict = judge(ending);
        if (verdict.redial) resolve();
        else {
          void this.#connection?.close();
          this.#lose();
          this.#giveUp(verdict.error);
        }
      });
    });
  }

  #welcomed(connection: Connection, session: Session): void {
    const { clock, backoff } = this.#settings;
    // A socket that takes the place of polls: the hub sends all that is not final over it, in order.
    if (this.#connection !== connection) void this.#connection?.close();
    this.#candidate = undefined;
    this.#connection = connection;
    this.#attempt = 0;
    this.#cancelTimers();
    this.#timers.push(clock.after(backoff.resetAfterMs, () => this.#backoff.reset()));
    this.#online = {
      transport: session.transport,
      sessionId: session.id,
      tpv: session.tpv,
      since: new Date(clock.now()),
      draining: false,
    };
    this.#events.status({ state: 'online', ...this.#online });
    if (!this.#stopped) this.#events.online(session);
  }

  #received(connection: Connection, frame: SessionFrame): void {
    if (this.#stopped || this.#connection !== connection) return;
    if (frame.type === 'drain') this.#drain(connection, frame);
    else this.#events.received(frame);
  }

  #drain(connection: Connection, frame: HubFrameOf<'drain'>): void {
    if (this.#online === undefined || this.#online.draining) return;
    this.#reconnectAfterMs = Math.min(frame.reconnect_after_ms, LONGEST_WAIT_MS);
    // The hub closes; a hub that forgets to would leave this TPV without work for good.
    const patienceMs = this.#reconnectAfterMs + DRAIN_PATIENCE_MS;
    this.#timers.push(this.#settings.clock.after(patienceMs, () => this.#leave(connection)));
    this.#online = { ...this.#online, draining: true };
    this.#events.status({ state: 'online', ...this.#online });
  }

  #leave(connection: Connection): void {
    void connection.close();
    this.#ended(connection, { kind: 'closed', code: CloseCode.Restart, reason: 'drained' });
  }

  /** A dial without welcome, while there is no other connection. */
  #noSocket(ending: Ending): void {
    const verdict = judge(ending);
    if (!verdict.redial) {
      this.#lose();
      this.#giveUp(verdict.error);
      return;
    }
    if (this.#settings.transport === 'auto' && this.#dials.suggestPolling(verdict)) {
      this.#settings.logger.info(
        { err: verdict.error },
        'no WebSocket to the hub can be opened: polling it instead, and trying the WebSocket every 60 s',
      );
      this.#lose();
      this.#open('polling');
      return;
    }
    this.#lose();
    this.#waitAndDial(verdict, undefined);
  }

  #ended(connection: Connection, ending: Ending): void {
    if (this.#stopped || this.#connection !== connection) return;
    const drainMs = this.#reconnectAfterMs;
    const verdict = this.#dials.replacedByOwnDial(ending) ?? judge(ending);
    this.#lose();
    if (verdict.redial) this.#waitAndDial(verdict, drainMs);
    else this.#giveUp(verdict.error);
  }

  /** There is no connection any more. */
  #lose(): void {
    const wasOnline = this.#online !== undefined;
    this.#cancelTimers();
    void this.#candidate?.close();
    this.#candidate = undefined;
    this.#connection = undefined;
    this.#online = undefined;
    this.#reconnectAfterMs = undefined;
    if (wasOnline) this.#events.offline();
  }

  #waitAndDial({ error, atLeastMs }: Extract<Verdict, { redial: true }>, drainMs: number | undefined): void {
    const { clock, logger } = this.#settings;
    // A hub that drains has chosen the moment; otherwise its wait is the least, and the jitter comes on top.
    const waitMs = drainMs ?? atLeastMs + this.#backoff.next();
    this.#timers.push(
      clock.after(waitMs, () => {
        this.#timers = [];
        this.#dial();
      }),
    );
    logger.info({ err: error, waitMs }, 'not connected to the hub: connecting again after the wait');
    this.#events.status({ state: 'offline', nextTryAt: new Date(clock.now() + waitMs), error });
  }

  #giveUp(error: HubClientError): void {
    this.#stopped = true;
    this.#settings.logger.error(
      { err: error },
      'the connection to the hub ended, and the client does not connect again: correct what the error names',
    );
    this.#events.status({ state: 'closed', error });
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }
}
