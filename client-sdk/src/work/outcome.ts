import { JsonOutcome } from '../memory/json-outcome.ts';
import type { Outcome } from '../memory/memory.ts';
import { MAX_RESPONSE_BYTES } from '../protocol/codes.ts';
import { Answer } from './answer.ts';

/** Longest `error_message` of a report, in UTF-16 units. */
const MAX_MESSAGE_LENGTH = 4096;
/** The most bytes that one UTF-16 unit becomes. */
const MAX_BYTES_PER_UNIT = 3;

/** Throws where the response can't be sent, which fails the instruction: better than a report refused for ever. */
export function completed(returned: unknown): Outcome {
  if (returned === undefined) return { status: 'completed' };
  const reply = returned instanceof Answer ? returned.reply : undefined;
  const json: string | undefined = JSON.stringify(returned instanceof Answer ? returned.response : returned);
  if (json === undefined) return { status: 'completed', ...(reply && { reply }) };
  if (json.length * MAX_BYTES_PER_UNIT > MAX_RESPONSE_BYTES) {
    const bytes = Buffer.byteLength(json);
    if (bytes > MAX_RESPONSE_BYTES) {
      throw new Error(`La respuesta del TPV ocupa ${bytes} bytes; el máximo es ${MAX_RESPONSE_BYTES}`);
    }
  }
  return new JsonOutcome(json, reply);
}

/** What the instruction is failed with after its handler threw `error`. */
export function failed(error: unknown): Outcome {
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
