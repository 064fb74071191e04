/** How an instruction ended: what is reported to the hub, as often as it takes. Plain JSON. */
export interface Outcome {
  readonly status: 'completed' | 'failed';
  /** What the handler returned; absent where it returned nothing. */
  readonly response?: unknown;
  /** The message to the person that `answer` made, in the contract's words. */
  readonly reply?: Readonly<Record<string, unknown>> | undefined;
  /** What the handler threw. */
  readonly error_message?: string | undefined;
}

/**
 * What a memory says when an instruction is about to be run.
 * `new`: it was never run. `interrupted`: a run began, and its process is gone; whether its effect is there is the
 * handler's to find out. `running`: another client on this memory runs it now, and will end it. An outcome: it is done,
 * and is answered, not run.
 */
export type Begun = 'new' | 'interrupted' | 'running' | Outcome;

/**
 * Remembers which instructions run and how they ended, so that none is done twice. A TPV with a database may bring its
 * own: a table `(id primary key, outcome json)`, whose `finish` is called a second time by the handler itself, within
 * the transaction of its effect. Then effect and mark are there together, or neither is.
 *
 * @example
 * const memory: Memory = {
 *   begin: (id) => db.outcomeOf(id) ?? 'new',
 *   finish: (id, outcome) => db.insertOutcomeOrIgnore(id, outcome),
 *   forget: () => {},
 * };
 * tpv.on('process_message', ({ id, payload }) =>
 *   db.transaction(() => {
 *     const response = takeOrder(payload.text);
 *     memory.finish(id, { status: 'completed', response });
 *     return response;
 *   }),
 * );
 */
export interface Memory {
  /** Called once before `connect()` dials. */
  open?(): void | Promise<void>;
  /** The instruction is about to be run. Where this throws or rejects, it is not run; the hub sends it again. */
  begin(id: string): Begun | Promise<Begun>;
  /**
   * Its handler ended. When this resolves, the outcome is to be kept for good: the report follows. The same instruction
   * may be finished twice; the first outcome counts.
   */
  finish(id: string, outcome: Outcome): void | Promise<void>;
  /** Its handler was told to stop, and did: should the instruction come again, it is new. */
  forget(id: string): void | Promise<void>;
  /** Called once, when the client has closed. */
  close?(): void | Promise<void>;
}

/** How much is remembered; the oldest goes first. */
export interface MemoryLimits {
  /** Ended instructions that are remembered. Default 10,000. */
  maxEntries: number;
  /** What their responses and messages may take, in bytes of JSON. Default 16 MiB. */
  maxBytes: number;
}

export const DEFAULT_MEMORY_LIMITS: MemoryLimits = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };

/** Calls a memory of the TPV's own, which may throw where it could reject: either way the promise rejects. */
export async function settled(work: () => void | Promise<void>): Promise<void> {
  await work();
}
