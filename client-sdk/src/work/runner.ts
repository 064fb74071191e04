import { InMemory } from '../memory/in-memory.ts';
import { plainOutcome } from '../memory/json-outcome.ts';
import type { Begun, Outcome } from '../memory/memory.ts';
import type { Settings } from '../options.ts';
import type { Counting } from './counters.ts';
import type { Handlers } from './handlers.ts';
import { isOver, type Job, JobContext } from './job.ts';
import { completed, failed } from './outcome.ts';

/** Another client on the same memory runs it: so often its end is looked for. */
const RUNNING_ELSEWHERE_MS = 1_000;

export interface RunnerPorts {
  handlers: Handlers;
  counters: Counting;
}

/** Runs handlers once: asks the memory before, and tells it after. Where neither needs time, nothing waits. */
export class Runner {
  readonly #settings: Settings;
  readonly #ports: RunnerPorts;

  constructor(settings: Settings, ports: RunnerPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /**
   * What is to be reported on `job`, kept by the memory before this resolves: once the hub has it, or this process is
   * gone, there is no second chance. Undefined where it was not run, or was told to stop and did. Never rejects.
   */
  async run(job: Job): Promise<Outcome | undefined> {
    const { memory } = this.#settings;
    const { counters } = this.#ports;
    const { id } = job.instruction;
    let begun = this.#begin(id);
    if (begun instanceof Promise) begun = await begun;
    if (begun === 'running') begun = await this.#endElsewhere(job);
    if (begun === undefined) return undefined;
    if (begun !== 'new' && begun !== 'interrupted') {
      counters.repeated++;
      return begun;
    }
    // Taken back while the memory was asked.
    if (isOver(job)) return void (await this.#mark(id, () => memory.forget(id)));
    counters.received++;
    let outcome = this.#handle(job, begun === 'interrupted');
    if (outcome instanceof Promise) outcome = await outcome;
    // Told to stop, and it did. One that finished its work all the same is remembered, so that it is not done again.
    if (isOver(job) && outcome.status === 'failed') return void (await this.#mark(id, () => memory.forget(id)));
    counters[outcome.status === 'completed' ? 'done' : 'failed']++;
    const kept = memory instanceof InMemory ? outcome : plainOutcome(outcome);
    const marked = this.#mark(id, () => memory.finish(id, kept));
    if (marked !== undefined) await marked;
    return outcome;
  }

  /** What the memory says; undefined where it can't be asked. */
  #begin(id: string): Begun | undefined | Promise<Begun | undefined> {
    const { memory, logger } = this.#settings;
    const failure = (err: unknown): undefined => {
      logger.error({ err, id }, 'the memory could not be read, so the instruction was not run: the hub sends it again');
    };
    try {
      const begun: unknown = memory.begin(id);
      return isThenable(begun) ? Promise.resolve(begun).then(checkedBegun).catch(failure) : checkedBegun(begun);
    } catch (err) {
      return failure(err);
    }
  }

  /** Asks until the other client on this memory has ended it; undefined where the job is over before. */
  async #endElsewhere(job: Job): Promise<Exclude<Begun, 'running'> | undefined> {
    for (;;) {
      await new Promise<void>((resolve) => this.#settings.clock.after(RUNNING_ELSEWHERE_MS, resolve));
      if (isOver(job)) return undefined;
      const begun = await this.#begin(job.instruction.id);
      if (begun !== 'running') return begun;
    }
  }

  #handle(job: Job, interrupted: boolean): Outcome | Promise<Outcome> {
    const failure = (err: unknown): Outcome => {
      const { id, command } = job.instruction;
      // A handler that was told to stop, and throws for it, does as it should.
      if (!isOver(job)) {
        this.#settings.logger.warn({ err, id, command }, 'a handler threw; its instruction is reported failed');
      }
      return failed(err);
    };
    try {
      const handler = this.#ports.handlers.find(job.instruction.command);
      const returned = handler(job.instruction, new JobContext(job, interrupted));
      return isThenable(returned) ? Promise.resolve(returned).then(completed).catch(failure) : completed(returned);
    } catch (err) {
      return failure(err);
    }
  }

  /** Undefined where the memory needed no time. A mark that fails is a second run at worst, and never no report. */
  #mark(id: string, mark: () => unknown): Promise<void> | undefined {
    const failure = (err: unknown) => {
      this.#settings.logger.error(
        { err, id },
        'the memory could not store how an instruction ended: it may run again after a restart',
      );
    };
    try {
      const marked = mark();
      if (isThenable(marked)) return Promise.resolve(marked).then(() => {}, failure);
    } catch (err) {
      failure(err);
    }
    return undefined;
  }
}

/** Types don't hold in JavaScript, and a memory that forgets to say `new` would silently run nothing. */
function checkedBegun(begun: unknown): Begun {
  if (begun === 'new' || begun === 'interrupted' || begun === 'running') return begun;
  // biome-ignore format: one condition
  const isOutcome = typeof begun === 'object' && begun !== null && 'status' in begun && (begun.status === 'completed' || begun.status === 'failed');
  // What the memory was given with `finish`; its response is any JSON.
  if (isOutcome) return begun as Outcome;
  throw new TypeError('The memory\'s "begin" must answer new, interrupted, running, or what "finish" was given.');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
