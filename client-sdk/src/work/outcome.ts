import { MAX_RESPONSE_BYTES, type UpdateFrame } from '../protocol/mod.ts';

/** Longest `error_message` of a report, in UTF-16 units. */
const MAX_MESSAGE_LENGTH = 4096;

/** How an instruction ended, ready to be reported as often as it takes. */
export type Outcome = Readonly<Pick<UpdateFrame, 'response' | 'error_message'>> & {
  readonly status: 'completed' | 'failed';
};

/** Runs `work` to its end, whatever that is; never rejects. `threw` gets what it threw, for the log. */
export async function outcomeOf(work: () => unknown, threw: (error: unknown) => void): Promise<Outcome> {
  try {
    return completed(await work());
  } catch (error) {
    threw(error);
    return failed(error);
  }
}

/** Throws where the response can't be sent, which fails the instruction: better than a report refused for ever. */
function completed(response: unknown): Outcome {
  const json: string | undefined = JSON.stringify(response);
  if (json === undefined) return { status: 'completed' };
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_RESPONSE_BYTES) {
    throw new Error(`La respuesta del TPV ocupa ${bytes} bytes; el máximo es ${MAX_RESPONSE_BYTES}`);
  }
  // A copy: the handler may go on changing what it returned, and the report may have to be sent again.
  return { status: 'completed', response: JSON.parse(json) };
}

function failed(error: unknown): Outcome {
  const message = messageOf(error);
  return { status: 'failed', error_message: cut(message === '' ? 'Error en el TPV' : message) };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return String(error.message) || error.name;
  return typeof error === 'string' ? error : '';
}

/** Cuts to what a report may carry, never through the middle of a surrogate pair. */
function cut(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  return message.slice(0, MAX_MESSAGE_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
