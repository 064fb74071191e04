import type { Cancel } from '../clock.ts';
import type { HubClientError } from '../errors.ts';
import type { Settings } from '../options.ts';
import type { HubFrameOf, TpvFrame } from '../protocol/mod.ts';
import type { ClientStatus } from '../status.ts';
import { Backoff } from './backoff.ts';
import { type Connection, openConnection, type SessionFrame } from './connection.ts';
import { type Ending, judge } from './ending.ts';
import { LONGEST_WAIT_MS } from './refusal.ts';

/** How long past `reconnect_after_ms` a draining hub may keep the socket before this side leaves it. */
const DRAIN_PATIENCE_MS = 30_000;

/** What the link tells its owner. */
export interface LinkEvents {
  online(welcome: HubFrameOf<'welcome'>): void;
  received(frame: Exclude<SessionFrame, { type: 'drain' }>): void;
  offline(): void;
  status(status: ClientStatus): void;
}

/** Keeps one connection to the hub: dials, and dials again until it is stopped or the hub says to stop. */
export class Link {
  readonly #settings: Settings;
  readonly #events: LinkEvents;
  readonly #backoff: Backoff;
  #connection: Connection | undefined;
  #online: Extract<ClientStatus, { state: 'online' }> | undefined;
  #attempt = 0;
  #reconnectAfterMs: number | undefined;
  #timers: Cancel[] = [];
  #stopped = false;

  constructor(settings: Settings, events: LinkEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#backoff = new Backoff(settings.backoff);
  }

  /** Dials for the first time. */
  start(): void {
    this.#dial();
  }

  /** Whether the frame was given to a socket. */
  send(frame: TpvFrame): boolean {
    return this.#connection?.send(frame) ?? false;
  }

  /** Ends the connection and dials no more. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTimers();
    await this.#connection?.close();
    this.#events.status({ state: 'closed' });
  }

  #dial(): void {
    this.#attempt++;
    this.#events.status({ state: 'connecting', attempt: this.#attempt });
    // Whoever listens may have closed the client just now.
    if (this.#stopped) return;
    // Each callback asks whether its own connection is still the current one: a late event of an old socket must
    // not touch the new one.
    const current = () => !this.#stopped && this.#connection === connection;
    const connection = openConnection(this.#settings, {
      welcomed: (welcome) => {
        if (current()) this.#welcomed(welcome);
      },
      received: (frame) => {
        if (!current()) return;
        if (frame.type === 'drain') this.#drain(connection, frame);
        else this.#events.received(frame);
      },
      ended: (ending) => {
        if (current()) this.#ended(ending);
      },
    });
    this.#connection = connection;
  }

  #welcomed(welcome: HubFrameOf<'welcome'>): void {
    const { clock, backoff } = this.#settings;
    this.#attempt = 0;
    this.#timers.push(clock.after(backoff.resetAfterMs, () => this.#backoff.reset()));
    this.#online = {
      state: 'online',
      sessionId: welcome.session_id,
      tpv: { id: welcome.tpv.id, name: welcome.tpv.name },
      since: new Date(clock.now()),
      draining: false,
    };
    this.#events.status(this.#online);
    if (!this.#stopped) this.#events.online(welcome);
  }

  #drain(connection: Connection, frame: HubFrameOf<'drain'>): void {
    if (this.#online === undefined || this.#online.draining) return;
    this.#reconnectAfterMs = Math.min(frame.reconnect_after_ms, LONGEST_WAIT_MS);
    // The hub closes; a hub that forgets to would leave this TPV without work for good.
    const patienceMs = this.#reconnectAfterMs + DRAIN_PATIENCE_MS;
    this.#timers.push(this.#settings.clock.after(patienceMs, () => void connection.close()));
    this.#online = { ...this.#online, draining: true };
    this.#events.status(this.#online);
  }

  #ended(ending: Ending): void {
    const verdict = judge(ending);
    const drainMs = this.#reconnectAfterMs;
    const wasOnline = this.#online !== undefined;
    this.#cancelTimers();
    this.#connection = undefined;
    this.#online = undefined;
    this.#reconnectAfterMs = undefined;
    if (wasOnline) this.#events.offline();
    if (!verdict.redial) {
      this.#giveUp(verdict.error);
      return;
    }
    // A hub that drains has chosen the moment; otherwise its wait is the least, and the jitter comes on top.
    const waitMs = drainMs ?? verdict.atLeastMs + this.#backoff.next();
    this.#timers.push(this.#settings.clock.after(waitMs, () => this.#redial()));
    const nextTryAt = new Date(this.#settings.clock.now() + waitMs);
    this.#settings.logger.info({ err: verdict.error, waitMs }, 'not connected to the hub; it is tried again');
    this.#events.status({ state: 'offline', nextTryAt, error: verdict.error });
  }

  #redial(): void {
    this.#timers = [];
    this.#dial();
  }

  #giveUp(error: HubClientError): void {
    this.#stopped = true;
    this.#settings.logger.error({ err: error }, 'the connection to the hub ended for good');
    this.#events.status({ state: 'closed', error });
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }
}
