import type { Pusher } from '../api/push.ts';
import type { Outgoing, Session } from '../connection/connection.ts';
import { HubClientError } from '../errors.ts';
import type { Outcome } from '../memory/memory.ts';
import type { Settings } from '../options.ts';
import type { HubFrameOf } from '../wire/frames.ts';
import { type Instruction, lifeLeftMs } from '../wire/instruction.ts';
import { Alarms } from './alarms.ts';
import type { Counting } from './counters.ts';
import { Flow } from './flow.ts';
import type { Handlers } from './handlers.ts';
import { isOver, Job, type JobPort } from './job.ts';
import { Lanes } from './lanes.ts';
import { Reports } from './reports.ts';
import { Runner } from './runner.ts';

/** What waits for longer is reported `delivered`; the contract asks for it within 10 s. */
const DELIVERED_AFTER_MS = 5_000;
/** What runs for longer is reported `processing`. */
const PROCESSING_AFTER_MS = 3_000;
/** Both are said again this often, well within the hub's lease of 300 s. */
const REPEAT_MS = 60_000;

export interface InboxPorts {
  handlers: Handlers;
  pusher: Pusher;
  counters: Counting;
  /** Whether the frame was given to a connection. */
  send(frame: Outgoing): boolean;
}

/** The instructions in this client's hands, from their arrival to the hub's answer to their last report. */
export class Inbox {
  readonly #settings: Settings;
  readonly #ports: InboxPorts;
  readonly #jobPort: JobPort;
  readonly #held = new Map<string, Job>();
  readonly #lanes: Lanes<Job>;
  readonly #runner: Runner;
  readonly #reports: Reports;
  readonly #flow: Flow;
  readonly #alarms: Alarms<Job>;
  #taking = true;
  #settled: (() => void) | undefined;

  constructor(settings: Settings, ports: InboxPorts) {
    const { clock, logger } = settings;
    this.#settings = settings;
    this.#ports = ports;
    this.#jobPort = { tell: (job) => this.#tell(job), pusher: ports.pusher };
    this.#lanes = new Lanes(settings.concurrency, (job) => this.#run(job));
    this.#runner = new Runner(settings, ports);
    this.#flow = new Flow(settings.maxInFlight, ports.send);
    this.#reports = new Reports({
      clock,
      logger,
      send: ports.send,
      gone: (id) => this.#gone(id),
      emptied: () => this.#checkSettled(),
    });
    this.#alarms = new Alarms(
      clock,
      () => this.#held.values(),
      (job) => job.tell(),
    );
  }

  /** A session has begun. */
  online(session: Session): void {
    this.#flow.restart(session.maxInFlight);
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
      this.#ports.counters.repeated++;
      held.tell();
      return;
    }
    if (this.#reports.has(id)) {
      // It is over, and the report that says so is on its way.
      this.#ports.counters.repeated++;
      return;
    }
    // Not reported on: the hub gives it to the next session.
    if (!this.#taking) return;
    const job = new Job(instruction, this.#settings.clock.now() + lifeLeftMs(instruction), this.#jobPort);
    this.#held.set(id, job);
    this.#lanes.add(instruction.telegram_user_id, job);
    // Most begin at once.
    if (job.phase === 'waiting') this.#alarms.set(job, DELIVERED_AFTER_MS);
    this.#flow.changed(this.#held.size);
  }

  /** The hub took an instruction back. */
  revoke({ id, reason }: HubFrameOf<'revoked'>): void {
    const job = this.#held.get(id);
    if (job !== undefined) this.#abandon(job, new HubClientError('revoked', { detail: reason }));
    else this.#reports.drop(id);
  }

  /** Takes the hub's answer to a report. */
  settle(result: HubFrameOf<'result'>): void {
    this.#reports.settle(result);
  }

  /** Begins nothing until `resume`; what runs goes on. */
  pause(): void {
    this.#lanes.pause();
    this.#flow.pause();
  }

  resume(): void {
    this.#flow.resume();
    this.#lanes.resume();
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
    this.#alarms.stop();
  }

  /** From a job's turn in its lane until its lane is free again; never rejects. */
  async #run(job: Job): Promise<void> {
    job.phase = 'running';
    this.#alarms.set(job, PROCESSING_AFTER_MS);
    if (this.#expired(job)) return;
    const outcome = await this.#runner.run(job);
    // Revoked or abandoned meanwhile; another job may have the same id by now.
    if (isOver(job)) return;
    // Not reported on: the hub sends it again.
    if (outcome === undefined) this.#letGo(job);
    else this.#over(job, outcome);
  }

  #over(job: Job, outcome: Outcome): void {
    this.#reports.put(job.instruction.id, outcome.status, outcome);
    this.#letGo(job);
  }

  #letGo(job: Job): void {
    job.end();
    this.#held.delete(job.instruction.id);
    this.#flow.changed(this.#held.size);
    this.#checkSettled();
  }

  #abandon(job: Job, reason: HubClientError): void {
    const { id, telegram_user_id } = job.instruction;
    this.#lanes.remove(telegram_user_id, job);
    job.abandon(reason);
    this.#reports.drop(id);
    this.#letGo(job);
  }

  /** Tells the hub where a job stands: it asked, by sending the instruction again, or there is progress. */
  #tell(job: Job): void {
    if (this.#expired(job)) return;
    this.#alarms.set(job, REPEAT_MS);
    const { id, status } = job.instruction;
    // The hub takes no step back; `processing` again extends the lease.
    const waits = job.phase === 'waiting' && status !== 'processing';
    this.#reports.put(id, waits ? 'delivered' : 'processing');
    const leftMs = this.#leftMs(job);
    if (leftMs > REPEAT_MS) return;
    job.cancelExpiry?.();
    job.cancelExpiry = this.#settings.clock.after(leftMs, () => this.#expired(job));
  }

  /** Ends a job whose time is up: the hub has failed it by now, and told the person. */
  #expired(job: Job): boolean {
    if (this.#leftMs(job) > 0 || job.phase === 'over') return false;
    this.#abandon(job, new HubClientError('revoked', { detail: 'expired' }));
    return true;
  }

  #leftMs(job: Job): number {
    return job.expiresAt - this.#settings.clock.now();
  }

  #gone(id: string): void {
    const job = this.#held.get(id);
    if (job !== undefined) this.#abandon(job, new HubClientError('revoked', { detail: 'the hub refused its report' }));
  }

  #releaseWaiting(): void {
    const released = new HubClientError('closed', { detail: 'not begun' });
    for (const job of [...this.#held.values()]) if (job.phase === 'waiting') this.#abandon(job, released);
  }

  #checkSettled(): void {
    if (this.#held.size === 0 && this.#reports.size === 0) this.#settled?.();
  }
}
