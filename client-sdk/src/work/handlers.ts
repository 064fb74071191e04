import type { PushResult, TextPush } from '../api/push.ts';
import { HubClientError } from '../errors.ts';
import { TEST_COMMAND } from '../protocol/lifecycle.ts';
import type { CommandName, InstructionOf } from '../wire/commands.ts';
import type { Instruction } from '../wire/instruction.ts';

/** How a reply is sent, beside its text. */
export type ReplyOptions = Omit<TextPush, 'text' | 'telegram_user_id' | 'photo' | 'document' | 'location'>;

/** What a handler gets beside its instruction. */
export interface InstructionContext {
  /**
   * Aborted with a `HandlerError` when the hub takes the instruction back (`revoked`), when it expires, and when the
   * client ends (`closed`, or the code that ended it). What the handler returns after that is remembered, so that the
   * work is not done again, but not reported; a handler that stops throws, and its run does not count.
   */
  readonly signal: AbortSignal;
  /**
   * True if an earlier run of this instruction began and its end is unknown: the process was killed in the middle.
   * Look whether its effect is there already before doing it again. Only a memory that outlives the process
   * (`fileMemory`, or the TPV's own) knows.
   */
  readonly interrupted: boolean;
  /** Tells the hub that the work goes on. The client does it by itself after 3 s, and then every 60 s. */
  progress(): void;
  /**
   * Sends the instruction's person a message. The first reply of a run has the idempotency key `<instruction id>:1`,
   * the second `:2`, …: a handler that runs again after a crash, and replies the same, sends nothing twice.
   */
  reply(text: string, options?: ReplyOptions): Promise<PushResult>;
}

/**
 * Does what an instruction asks for. What it returns completes the instruction: an `answer`, with a message to its person,
 * or any JSON up to 64 KiB, or nothing, as its `response`. What it throws fails it, with the error's message, which the
 * hub's operator reads, and never the person.
 */
export type InstructionHandler<I extends Instruction<string, unknown> = Instruction> = (
  instruction: I,
  context: InstructionContext,
) => unknown;

/** A handler of one command. */
export type HandlerOf<Command extends string> = InstructionHandler<InstructionOf<Command>>;

/** Which handler takes which command. */
export class Handlers {
  readonly #byCommand = new Map<string, InstructionHandler>();
  #fallback: InstructionHandler | undefined;

  on<Command extends CommandName>(command: Command, handler: HandlerOf<Command>): void {
    if (this.#byCommand.has(command)) {
      throw new HubClientError('invalid_options', { detail: `on: "${command}" has a handler already` });
    }
    // Looked up by the command that its type names; what the payload holds is the hub's promise.
    this.#byCommand.set(command, handler as InstructionHandler);
  }

  otherwise(handler: InstructionHandler): void {
    if (this.#fallback !== undefined) {
      throw new HubClientError('invalid_options', { detail: 'otherwise: there is such a handler already' });
    }
    this.#fallback = handler;
  }

  /** The handler of `command`; where there is none, one that fails the instruction and says so. */
  find(command: string): InstructionHandler {
    const handler = this.#byCommand.get(command);
    if (handler !== undefined) return handler;
    return command === TEST_COMMAND ? answerTest : (this.#fallback ?? unhandled);
  }
}

/** The answer to an administrator who asks for a sign of life: being completed is all of it. */
function answerTest(): void {}

/** The message stands in the hub's administration, hence in Spanish. */
function unhandled(instruction: Instruction): never {
  throw new Error(`Este TPV no atiende la orden «${instruction.command}»`);
}
