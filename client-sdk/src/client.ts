import { HubApi } from './api/api.ts';
import type { CallOptions } from './api/options.ts';
import type { Service, ServiceChange } from './api/service.ts';
import { Link, type LinkStatus } from './connection/link.ts';
import { closedBecause, HubClientError } from './errors.ts';
import { settled } from './memory/memory.ts';
import { type CloseOptions, type ConnectOptions, type HubClientOptions, type Settings, settle } from './options.ts';
import type { ClientStatus, StatusListener } from './status.ts';
import type { CommandName } from './wire/commands.ts';
import type { ServiceNow } from './wire/service.ts';
import { type Counters, noCounts } from './work/counters.ts';
import { type HandlerOf, Handlers, type InstructionHandler } from './work/handlers.ts';
import { Inbox } from './work/inbox.ts';
import { Listeners } from './work/listeners.ts';

/**
 * A TPV's connection to the hub: receives instructions, runs their handlers, reports how they ended, and reconnects
 * for as long as that makes sense. Used once: after `close()`, or an error that ended it, make a new one.
 *
 * @example
 * const tpv = new HubClient({ url: 'http://localhost:8100', apiKey });
 * tpv.on('process_message', ({ payload }) => ({ text: `Recibido: ${payload.text}` }));
 * await tpv.connect();
 */
export class HubClient {
  readonly #settings: Settings;
  readonly #handlers = new Handlers();
  readonly #counters = noCounts();
  readonly #inbox: Inbox;
  readonly #link: Link;
  readonly #api: HubApi;
  readonly #listeners: Listeners<ClientStatus>;
  readonly #serviceListeners: Listeners<ServiceNow>;
  #status: ClientStatus = { state: 'idle' };
  #paused = false;
  #wasOnline = false;
  #connecting: Promise<void> | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #memoryClosed: Promise<void> | undefined;
  #stopListening: () => void = () => {};

  /** Throws `invalid_options`. */
  constructor(options: HubClientOptions) {
    this.#settings = settle(options);
    this.#listeners = new Listeners(this.#settings.logger, 'status');
    this.#serviceListeners = new Listeners(this.#settings.logger, 'service');
    const { url, apiKey } = options;
    this.#api = new HubApi({ url, apiKey, clock: this.#settings.clock });
    this.#inbox = new Inbox(this.#settings, {
      handlers: this.#handlers,
      pusher: options.pusher ?? this.#api,
      counters: this.#counters,
      send: (frame) => this.#link.send(frame),
    });
    this.#link = new Link(this.#settings, {
      online: (session) => this.#inbox.online(session),
      offline: () => this.#inbox.offline(),
      received: (frame) => {
        switch (frame.type) {
          case 'instruction':
            return this.#inbox.take(frame.instruction);
          case 'result':
            return this.#inbox.settle(frame);
          case 'revoked':
            return this.#inbox.revoke(frame);
          case 'service':
            return this.#serviceListeners.tell(frame.service);
          case 'error':
            return this.#settings.logger.warn({ error: frame.error }, 'the hub could not take a frame');
          default:
            return frame satisfies never;
        }
      },
      status: (status) => this.#become(status),
    });
  }

  /** Where the client stands with the hub now. */
  get status(): ClientStatus {
    return this.#status;
  }

  /** What it has done so far. */
  get counters(): Counters {
    const { status } = this;
    const online = status.state === 'online' || status.state === 'paused';
    return { ...this.#counters, transport: online ? status.transport : undefined };
  }

  /** Calls `listener` at every change of `status`, until the function that it returns is called. */
  onStatus(listener: StatusListener): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Calls `listener` with the restaurant's service when a socket opens, and at every change that this TPV, an administrator
   * or the timetable makes, until the function that it returns is called. While the client polls it hears nothing: ask
   * `service()`.
   */
  onService(listener: (service: ServiceNow) => void): () => void {
    return this.#serviceListeners.add(listener);
  }

  /** Sets the handler of `command`, before `connect()`. One person's handlers run one after the other. */
  on<Command extends CommandName>(command: Command, handler: HandlerOf<Command>): this {
    this.#handlers.on(command, handler);
    return this;
  }

  /** Sets the handler of every command that has none. Without it, such an instruction is failed. */
  otherwise(handler: InstructionHandler): this {
    this.#handlers.otherwise(handler);
    return this;
  }

  /**
   * Connects, and stays connected. Resolves when the first session begins, however many attempts that takes; rejects
   * with a `HubClientError` where trying again is useless (`unauthorized`, `forbidden`, `tpv_inactive`, `replaced`,
   * `protocol_error`, `stopped`, `memory_locked`) or the client was closed (`closed`), and with what the memory throws
   * when it can't be opened. What ends it later is seen in `status`.
   */
  connect({ signal }: ConnectOptions = {}): Promise<void> {
    if (this.#connecting !== undefined) return this.#connecting;
    this.#connecting = new Promise((resolve, reject) => {
      if (this.#closing !== undefined) return reject(new HubClientError('closed'));
      const stopListening = this.onStatus((status) => {
        if (status.state === 'online' || status.state === 'paused') resolve();
        else if (status.state === 'closed') reject(status.error ?? closedBecause(signal));
        else return;
        stopListening();
      });
    });
    // After the assignment: a status listener may call `connect()` again.
    if (this.#closing === undefined) this.#start(signal);
    return this.#connecting;
  }

  /** Begins nothing more, and asks the hub for nothing, until `resume()`; what runs goes on. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#inbox.pause();
    if (this.#status.state === 'online') this.#become(this.#status);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#inbox.resume();
    if (this.#status.state === 'paused') this.#become({ ...this.#status, state: 'online' });
  }

  /** Whether the restaurant attends now: `HubApi.service`, over REST whichever transport this client has. */
  service(options?: CallOptions): Promise<Service> {
    return this.#api.service(options);
  }

  /** Says whether the restaurant attends: `HubApi.setService`. Unlike `pause()`, it stops nothing. */
  setService(change: ServiceChange, options?: CallOptions): Promise<Service> {
    return this.#api.setService(change, options);
  }

  /**
   * Takes nothing more, lets what runs end and its reports be answered, and disconnects. At the deadline handlers
   * that still run have their signal aborted, and the hub gives their instructions to the next session.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#finish(options.deadlineMs ?? 10_000);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(signal: AbortSignal | undefined): void {
    if (signal !== undefined) {
      const close = () => void this.close();
      signal.addEventListener('abort', close, { once: true });
      this.#stopListening = () => signal.removeEventListener('abort', close);
      if (signal.aborted) {
        close();
        return;
      }
    }
    const { memory } = this.#settings;
    if (memory.open === undefined) {
      this.#link.start();
      return;
    }
    this.#opening = settled(() => memory.open?.()).then(
      () => {
        if (this.#closing === undefined) this.#link.start();
      },
      (cause) => this.#memoryFailed(cause),
    );
  }

  #memoryFailed(cause: unknown): void {
    // It was never open, so there is nothing to be closed.
    this.#memoryClosed = Promise.resolve();
    const detail = `memory: ${cause instanceof Error ? cause.message : String(cause)}`;
    const error = cause instanceof HubClientError ? cause : new HubClientError('invalid_options', { detail, cause });
    this.#become({ state: 'closed', error });
  }

  async #finish(deadlineMs: number): Promise<void> {
    this.#stopListening();
    if (this.#opening !== undefined) await this.#opening;
    if (this.#status.state !== 'closed') {
      const cleanups: (() => void)[] = [];
      await new Promise<void>((resolve) => {
        cleanups.push(this.#settings.clock.after(deadlineMs, resolve));
        // If the hub ends the connection meanwhile, no report can be sent any more.
        cleanups.push(this.onStatus(({ state }) => state === 'closed' && resolve()));
        void this.#inbox.finish().then(resolve);
      });
      for (const cleanup of cleanups) cleanup();
      this.#inbox.abandonAll(new HubClientError('closed'));
      await this.#link.stop();
    }
    await this.#closeMemory();
  }

  #become(next: LinkStatus | Extract<ClientStatus, { state: 'online' }>): void {
    const status: ClientStatus = this.#paused && next.state === 'online' ? { ...next, state: 'paused' } : next;
    const { state: before } = this.#status;
    this.#status = status;
    if (status.state === 'online' || status.state === 'paused') {
      if (this.#wasOnline && (before === 'connecting' || before === 'offline')) this.#counters.reconnects++;
      this.#wasOnline = true;
    }
    if (status.state === 'closed') {
      this.#stopListening();
      this.#inbox.abandonAll(status.error ?? new HubClientError('closed'));
    }
    this.#listeners.tell(status);
  }

  #closeMemory(): Promise<void> {
    const { memory, logger } = this.#settings;
    this.#memoryClosed ??= settled(() => memory.close?.()).catch((err) => {
      logger.error({ err }, 'the memory could not be closed: look at the cause before the next start');
    });
    return this.#memoryClosed;
  }
}
