import { isTpvInfo } from '../../api/tpv.ts';
import { type Caller, callForJson, jsonBody } from '../../http/request.ts';
import { plainOutcome } from '../../memory/json-outcome.ts';
import type { Settings } from '../../options.ts';
import type { InstructionStatus } from '../../protocol/lifecycle.ts';
import { type Check, isRecord, isText } from '../../wire/check.ts';
import { type Instruction, isInstruction } from '../../wire/instruction.ts';
import type { Report } from '../connection.ts';

/** For a call that the hub answers at once. */
const TIMEOUT_MS = 10_000;

/** Of the REST contract. */
export const MOST_AT_ONCE = 100;

const isAnswer: Check<{ instructions: unknown[] }> = (value): value is { instructions: unknown[] } =>
  isRecord(value) && Array.isArray(value.instructions);

const isTaken: Check<{ new_status: string }> = (value): value is { new_status: string } =>
  isRecord(value) && isText(value.new_status);

/** The hub's REST interface, as far as polling needs it. Each call is made once, and rejects with a `HubClientError`. */
export class PollingCalls {
  readonly #settings: Settings;
  readonly #caller: Caller;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#caller = {
      url: settings.baseUrl,
      headers: { authorization: `ApiKey ${settings.apiKey}` },
      timeoutMs: TIMEOUT_MS,
      maxAttempts: 1,
      clock: settings.clock,
      random: settings.backoff.random,
    };
  }

  async tpv(signal: AbortSignal): Promise<{ id: string; name: string }> {
    const call = { method: 'GET', path: 'api/tpv/info/', repeatable: false, signal } as const;
    const { id, name } = await callForJson(this.#caller, call, isTpvInfo);
    return { id, name };
  }

  /** Those in this state, in order; asking for `pending` hands them out. */
  async list(
    status: InstructionStatus,
    { limit = MOST_AT_ONCE, waitSeconds = 0, signal }: { limit?: number; waitSeconds?: number; signal: AbortSignal },
  ): Promise<Instruction[]> {
    const answer = await callForJson(
      this.#caller,
      {
        method: 'GET',
        path: 'api/tpv/instructions/',
        query: { status, limit, wait: waitSeconds },
        repeatable: false,
        timeoutMs: TIMEOUT_MS + waitSeconds * 1_000,
        signal,
      },
      isAnswer,
    );
    return answer.instructions.filter((one): one is Instruction => {
      const readable = isInstruction(one);
      if (!readable) this.#settings.logger.warn({}, 'an instruction from the hub was left out: it could not be read');
      return readable;
    });
  }

  async report({ id, status, outcome }: Report, signal: AbortSignal): Promise<void> {
    await callForJson(
      this.#caller,
      {
        method: 'PATCH',
        path: `api/tpv/instructions/${id}/`,
        body: jsonBody({ status, ...(outcome && plainOutcome(outcome)) }),
        repeatable: false,
        signal,
      },
      isTaken,
    );
  }
}
