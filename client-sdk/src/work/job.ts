import type { Pusher, PushResult } from '../api/push.ts';
import type { Cancel } from '../clock.ts';
import type { HubClientError } from '../errors.ts';
import type { Instruction } from '../wire/instruction.ts';
import type { Due } from './alarms.ts';
import type { InstructionContext, ReplyOptions } from './handlers.ts';

export interface JobPort {
  /** Says where the job stands: to the hub, and to the timers that will say it again. */
  tell(job: Job): void;
  pusher: Pusher;
}

/** One instruction in this client's hands: waiting, then running, then over. */
export class Job implements Due {
  readonly instruction: Instruction;
  /** When its time is up, by this machine's clock. */
  readonly expiresAt: number;
  readonly #port: JobPort;
  /** Made when the handler asks for it: most never do, and it costs more than all the rest of a job. */
  #abort: AbortController | undefined;
  #reason: HubClientError | undefined;
  #replies = 0;
  phase: 'waiting' | 'running' | 'over' = 'waiting';
  /** When it is to tell where it stands. */
  dueAt = Number.POSITIVE_INFINITY;
  /** Of the timer that ends the job with its instruction; only slow jobs have one. */
  cancelExpiry: Cancel | undefined;

  constructor(instruction: Instruction, expiresAt: number, port: JobPort) {
    this.instruction = instruction;
    this.expiresAt = expiresAt;
    this.#port = port;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    return this.#abort.signal;
  }

  tell(): void {
    if (this.phase !== 'over') this.#port.tell(this);
  }

  /** Nothing more is to be said about it. */
  end(): void {
    this.phase = 'over';
    this.cancelExpiry?.();
  }

  /** Ends it, and asks its handler to stop. */
  abandon(reason: HubClientError): void {
    this.end();
    this.#reason = reason;
    this.#abort?.abort(reason);
  }

  reply(text: string, options: ReplyOptions = {}): Promise<PushResult> {
    const { id, telegram_user_id } = this.instruction;
    this.#replies++;
    return this.#port.pusher.push({ ...options, telegram_user_id, text }, { idempotencyKey: `${id}:${this.#replies}` });
  }
}

/** Asked anew after an await: the phase may have changed, which the compiler can't know. */
export function isOver(job: Job): boolean {
  return job.phase === 'over';
}

/** What a job's handler gets. Its functions work without `this`, and are made when the handler asks for them. */
export class JobContext implements InstructionContext {
  readonly #job: Job;
  readonly interrupted: boolean;

  constructor(job: Job, interrupted: boolean) {
    this.#job = job;
    this.interrupted = interrupted;
  }

  get signal(): AbortSignal {
    return this.#job.signal;
  }

  get progress(): () => void {
    return () => this.#job.tell();
  }

  get reply(): InstructionContext['reply'] {
    return (text, options) => this.#job.reply(text, options);
  }
}
