import { HubClientError } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import type { Settings } from '../options.ts';
import type { HubFrameOf, Instruction, TpvFrame } from '../protocol/mod.ts';
import { Flow } from './flow.ts';
import { Job } from './job.ts';
import { Lanes } from './lanes.ts';
import { OutcomeMemory } from './memory.ts';
import { outcomeOf } from './outcome.ts';
import { Reports } from './reports.ts';

/** What the inbox needs from the connection: whether the frame was given to a socket. */
export type SendFrame = (frame: TpvFrame) => boolean;

/** The instructions in this client's hands, from their arrival to the hub's answer to their last report. */
export class Inbox {
  readonly #settings: Settings;
  readonly #handlers: Handlers;
  readonly #held = new Map<string, Job>();
  readonly #lanes: Lanes<Job>;
  readonly #memory: OutcomeMemory;
  readonly #reports: Reports;
  readonly #flow: Flow;
  #taking = true;
  #settled: (() => void) | undefined;

  constructor(settings: Settings, handlers: Handlers, send: SendFrame) {
    const { clock, logger } = settings;
    this.#settings = settings;
    this.#handlers = handlers;
    this.#lanes = new Lanes(settings.concurrency, (job) => this.#run(job));
    this.#memory = new OutcomeMemory(settings.memory);
    this.#reports = new Reports({ clock, logger, send, emptied: () => this.#checkSettled() });
    this.#flow = new Flow(send);
  }

  /** A session has begun. */
  online(welcome: HubFrameOf<'welcome'>): void {
    this.#flow.restart(welcome.max_in_flight);
    this.#reports.sendAll();
  }

  /**
   * The session has ended. What waits is let go: the hub hands all of it out again, in its order, on the next
   * session, and may by then have given some of it to another TPV. What runs goes on.
   */
  offline(): void {
    this.#releaseWaiting();
  }

  /** Takes an instruction; one that is known already is answered, not run again. */
  take(instruction: Instruction): void {
    const { id } = instruction;
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.tell();
      return;
    }
    const outcome = this.#memory.recall(id);
    if (outcome !== undefined) {
      if (!this.#reports.has(id)) this.#reports.put({ id, ...outcome });
      return;
    }
    // Not reported on: the hub gives it to the next session.
    if (!this.#taking) return;
    const job = new Job(instruction, {
      clock: this.#settings.clock,
      report: (status) => this.#reports.put({ id, status }),
    });
    this.#held.set(id, job);
    this.#lanes.add(instruction.telegram_user_id, job);
    this.#flow.changed(this.#held.size);
  }

  /** The hub took an instruction back. It is not remembered: should it come again, it is meant to be run. */
  revoke(frame: HubFrameOf<'revoked'>): void {
    const job = this.#held.get(frame.id);
    if (job !== undefined) this.#abandon(job, new HubClientError('revoked', { detail: frame.reason }));
    else this.#reports.drop(frame.id);
  }

  /** Takes the hub's answer to a report. */
  settle(result: HubFrameOf<'result'>): void {
    this.#reports.settle(result);
  }

  /** Begins nothing more. Resolves when all that runs has ended and every report is answered. */
  finish(): Promise<void> {
    this.#taking = false;
    this.#flow.stop();
    this.#releaseWaiting();
    return new Promise((resolve) => {
      this.#settled = resolve;
      this.#checkSettled();
    });
  }

  /** Lets everything go at once; handlers that still run are told `reason` by their signal. */
  abandonAll(reason: HubClientError): void {
    this.#taking = false;
    for (const job of [...this.#held.values()]) this.#abandon(job, reason);
    this.#reports.clear();
  }

  async #run(job: Job): Promise<void> {
    const { instruction } = job;
    const context = job.begin();
    const handler = this.#handlers.find(instruction.command);
    const outcome = await outcomeOf(
      () => handler(instruction, context),
      (error) => this.#logFailure(job, error),
    );
    // Revoked or abandoned meanwhile; another job may have the same id by now.
    if (job.phase === 'over') return;
    job.end();
    this.#held.delete(instruction.id);
    this.#memory.remember(instruction.id, outcome);
    this.#reports.put({ id: instruction.id, ...outcome });
    this.#flow.changed(this.#held.size);
  }

  #abandon(job: Job, reason: HubClientError): void {
    const { id, telegram_user_id } = job.instruction;
    this.#held.delete(id);
    this.#lanes.remove(telegram_user_id, job);
    job.abandon(reason);
    this.#reports.drop(id);
    this.#flow.changed(this.#held.size);
    this.#checkSettled();
  }

  #logFailure(job: Job, err: unknown): void {
    // A handler that was told to stop, and throws for it, does as it should.
    if (job.phase === 'over') return;
    const { id, command } = job.instruction;
    this.#settings.logger.warn({ err, id, command }, 'a handler threw; its instruction is reported failed');
  }

  #releaseWaiting(): void {
    const released = new HubClientError('closed', { detail: 'not begun' });
    for (const job of [...this.#held.values()]) if (job.phase === 'waiting') this.#abandon(job, released);
  }

  #checkSettled(): void {
    if (this.#held.size === 0 && this.#reports.size === 0) this.#settled?.();
  }
}
