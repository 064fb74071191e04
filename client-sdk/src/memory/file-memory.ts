import { HubClientError } from '../errors.ts';
import { Entries } from './entries.ts';
import { Journal } from './journal.ts';
import { plainOutcome } from './json-outcome.ts';
import { lockFile } from './lock.ts';
import type { Begun, Memory, MemoryLimits, Outcome } from './memory.ts';

/** How much a file remembers, and what becomes of what was interrupted. */
export interface FileMemoryOptions extends Partial<MemoryLimits> {
  /**
   * What becomes of an instruction whose handler had begun when the process was killed. No file can know whether its
   * effect is there.
   * `run-again` (default): it is run once more, with `context.interrupted` true, so that the handler can look for
   * what it did. Nothing is lost, and a handler that looks does nothing twice.
   * `fail`: it is reported failed, and never begun a second time, not even after a crash of the machine; that costs
   * one more sync of the disk before each handler.
   */
  onInterrupted?: 'run-again' | 'fail';
}

/** What an interrupted instruction is failed with; the restaurant's people may read it, hence in Spanish. */
const INTERRUPTED = 'El TPV se detuvo mientras atendía esta orden, y no se sabe si la terminó';

/** A line of the file. `b`: begun, `e`: ended (with its outcome `o`), `f`: forgotten. */
interface Line {
  b?: string;
  e?: string;
  o?: Outcome;
  f?: string;
}

/**
 * A memory in a file, for TPVs without a database. It survives `kill -9` at any byte, and the machine's crash: an
 * outcome is on the disk before its report leaves. One process at a time uses a file (a lock beside it, `<path>.lock`,
 * sees to that; one of a dead process is taken over); within the process, clients may share the memory.
 *
 * @example
 * const tpv = new HubClient({ url, apiKey, memory: fileMemory('/var/lib/tpv/hub-memory') });
 */
export function fileMemory(path: string, options: FileMemoryOptions = {}): Memory {
  return new FileMemory(path, options);
}

class FileMemory implements Memory {
  readonly #path: string;
  readonly #failsInterrupted: boolean;
  readonly #entries: Entries;
  /** Begun by a process that is gone. */
  readonly #interrupted = new Set<string>();
  #journal: Journal | undefined;
  #unlock: (() => Promise<void>) | undefined;
  #users = 0;
  /** Opening and closing take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string, { onInterrupted = 'run-again', ...limits }: FileMemoryOptions) {
    this.#path = path;
    this.#failsInterrupted = onInterrupted === 'fail';
    this.#entries = new Entries(limits);
  }

  open(): Promise<void> {
    return this.#takeTurn(async () => {
      if (this.#journal === undefined) await this.#openFile();
      this.#users++;
    });
  }

  async begin(id: string): Promise<Begun> {
    const known = this.#entries.outcomeOf(id);
    if (known !== undefined) return plainOutcome(known);
    if (this.#entries.isRunning(id)) return 'running';
    const interrupted = this.#interrupted.delete(id);
    if (interrupted && this.#failsInterrupted) {
      const outcome: Outcome = { status: 'failed', error_message: INTERRUPTED };
      await this.finish(id, outcome);
      return outcome;
    }
    this.#entries.begin(id);
    try {
      await this.#append({ b: id }, this.#failsInterrupted);
    } catch (error) {
      this.#entries.forget(id);
      if (interrupted) this.#interrupted.add(id);
      throw error;
    }
    return interrupted ? 'interrupted' : 'new';
  }

  finish(id: string, outcome: Outcome): Promise<void> {
    this.#entries.finish(id, outcome);
    this.#interrupted.delete(id);
    return this.#append({ e: id, o: outcome }, true);
  }

  forget(id: string): Promise<void> {
    this.#entries.forget(id);
    return this.#append({ f: id }, false);
  }

  close(): Promise<void> {
    return this.#takeTurn(async () => {
      if (this.#journal === undefined || --this.#users > 0) return;
      const journal = this.#journal;
      this.#journal = undefined;
      await journal.close();
      await this.#unlock?.();
    });
  }

  async #openFile(): Promise<void> {
    this.#unlock = await lockFile(this.#path);
    try {
      const content = () => this.#records();
      this.#journal = await Journal.open(this.#path, content, (record) => this.#read(JSON.parse(record)));
    } catch (error) {
      await this.#unlock();
      throw error;
    }
  }

  #read({ b, e, o, f }: Line): void {
    if (b !== undefined) this.#interrupted.add(b);
    if (f !== undefined) this.#interrupted.delete(f);
    if (e === undefined || o === undefined) return;
    this.#interrupted.delete(e);
    this.#entries.finish(e, o);
  }

  *#records(): Iterable<string> {
    for (const [e, o] of this.#entries.ended()) yield JSON.stringify({ e, o } satisfies Line);
    for (const ids of [this.#interrupted, this.#entries.running()]) {
      for (const b of ids) yield JSON.stringify({ b } satisfies Line);
    }
  }

  #append(line: Line, durable: boolean): Promise<void> {
    if (this.#journal !== undefined) return this.#journal.append(JSON.stringify(line), durable);
    return Promise.reject(new HubClientError('closed', { detail: 'the memory is not open' }));
  }

  #takeTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
