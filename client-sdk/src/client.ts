import { Link } from './connection/link.ts';
import { HubClientError } from './errors.ts';
import { Handlers, type InstructionHandler } from './handlers.ts';
import { type HubClientOptions, type Settings, settle } from './options.ts';
import type { ClientStatus } from './status.ts';
import { Inbox } from './work/inbox.ts';

export type StatusListener = (status: ClientStatus) => void;

export interface CloseOptions {
  /** How long running handlers and unanswered reports may take, in milliseconds. Default 10,000. */
  deadlineMs?: number;
}

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
  readonly #inbox: Inbox;
  readonly #link: Link;
  readonly #listeners = new Set<StatusListener>();
  #status: ClientStatus = { state: 'idle' };
  #connecting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Throws `invalid_options`. */
  constructor(options: HubClientOptions) {
    this.#settings = settle(options);
    this.#inbox = new Inbox(this.#settings, this.#handlers, (frame) => this.#link.send(frame));
    this.#link = new Link(this.#settings, {
      online: (welcome) => this.#inbox.online(welcome),
      offline: () => this.#inbox.offline(),
      received: (frame) => {
        switch (frame.type) {
          case 'instruction':
            return this.#inbox.take(frame.instruction);
          case 'result':
            return this.#inbox.settle(frame);
          case 'revoked':
            return this.#inbox.revoke(frame);
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

  /** Calls `listener` at every change of `status`, until the function that it returns is called. */
  onStatus(listener: StatusListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Sets the handler of `command`, before `connect()`. One person's handlers run one after the other. */
  on(command: string, handler: InstructionHandler): this {
    this.#handlers.on(command, handler);
    return this;
  }

  /** Sets the handler of every command that has none. Without it, such an instruction is failed. */
  otherwise(handler: InstructionHandler): this {
    this.#handlers.otherwise(handler);
    return this;
  }

  /**
   * Connects, and stays connected. Resolves at the first welcome, however many attempts that takes; rejects with a
   * `HubClientError` where trying again is useless (`unauthorized`, `forbidden`, `tpv_inactive`, `replaced`,
   * `protocol_error`, `stopped`) or the client was closed (`closed`). What ends it later is seen in `status`.
   */
  connect(): Promise<void> {
    if (this.#connecting !== undefined) return this.#connecting;
    this.#connecting = new Promise((resolve, reject) => {
      if (this.#closing !== undefined) return reject(new HubClientError('closed'));
      const stopListening = this.onStatus((status) => {
        if (status.state === 'online') resolve();
        else if (status.state === 'closed') reject(status.error ?? new HubClientError('closed'));
        else return;
        stopListening();
      });
    });
    // After the assignment: a status listener may call `connect()` again.
    if (this.#closing === undefined) this.#link.start();
    return this.#connecting;
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

  async #finish(deadlineMs: number): Promise<void> {
    if (this.#status.state === 'closed') return;
    const cleanups: (() => void)[] = [];
    await new Promise<void>((resolve) => {
      cleanups.push(this.#settings.clock.after(deadlineMs, resolve));
      // Where the hub ends it meanwhile, there is nobody left to report to.
      cleanups.push(this.onStatus(({ state }) => state === 'closed' && resolve()));
      void this.#inbox.finish().then(resolve);
    });
    for (const cleanup of cleanups) cleanup();
    this.#inbox.abandonAll(new HubClientError('closed'));
    await this.#link.stop();
  }

  #become(status: ClientStatus): void {
    this.#status = status;
    if (status.state === 'closed') this.#inbox.abandonAll(status.error ?? new HubClientError('closed'));
    for (const listener of [...this.#listeners]) {
      try {
        listener(status);
      } catch (error) {
        this.#settings.logger.error({ err: error }, 'a status listener threw');
      }
    }
  }
}
