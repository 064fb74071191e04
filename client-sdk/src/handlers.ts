import { HubClientError } from './errors.ts';
import type { Instruction } from './protocol/mod.ts';

/** What a handler gets beside its instruction. */
export interface InstructionContext {
  /**
   * Aborted with a `HubClientError` when the hub takes the instruction back (`revoked`) or the client ends
   * (`closed`, or the code that ended it). What the handler returns or throws after that is not reported.
   */
  readonly signal: AbortSignal;
  /** Tells the hub that the work goes on. The client does it by itself after 3 s, and then every 60 s. */
  progress(): void;
}

/**
 * Does what an instruction asks for. What it returns (any JSON up to 64 KiB, or nothing) completes the instruction
 * as its `response`; what it throws fails it, with the error's message, which the restaurant's people may read.
 */
export type InstructionHandler = (instruction: Instruction, context: InstructionContext) => unknown;

/** Which handler takes which command. */
export class Handlers {
  readonly #byCommand = new Map<string, InstructionHandler>();
  #fallback: InstructionHandler | undefined;

  on(command: string, handler: InstructionHandler): void {
    if (this.#byCommand.has(command)) {
      throw new HubClientError('invalid_options', { detail: `on: "${command}" has a handler already` });
    }
    this.#byCommand.set(command, handler);
  }

  otherwise(handler: InstructionHandler): void {
    if (this.#fallback !== undefined) {
      throw new HubClientError('invalid_options', { detail: 'otherwise: there is such a handler already' });
    }
    this.#fallback = handler;
  }

  /** The handler of `command`; where there is none, one that fails the instruction and says so. */
  find(command: string): InstructionHandler {
    return this.#byCommand.get(command) ?? this.#fallback ?? unhandled;
  }
}

/** The message stands in the hub's administration, hence in Spanish. */
function unhandled(instruction: Instruction): never {
  throw new Error(`Este TPV no atiende la orden «${instruction.command}»`);
}
