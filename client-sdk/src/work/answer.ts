import type { FileSource } from '../api/file.ts';
import { type PushMessage, type PushOptions, pushBody } from '../api/push.ts';
import type { Outcome } from '../memory/memory.ts';

/** A photo or document that Telegram fetches: a report carries no bytes. */
type WebFile = Extract<FileSource, { url: unknown }>;

/** What goes to the person beside the text, and to the hub. One of `photo`, `document` and `location` at most. */
export interface AnswerOptions extends Omit<PushOptions, 'telegram_user_id'> {
  /** The text is its caption, and may be empty. */
  photo?: WebFile;
  /** The text is its caption, and may be empty. */
  document?: WebFile;
  /** Without a text. */
  location?: { latitude: number; longitude: number };
  /** What the hub keeps with the instruction, any JSON up to 64 KiB; for a press, what its person sees of it. */
  response?: unknown;
}

/** Together with a response of 64 KiB it has to fit into a frame. */
const MAX_REPLY_BYTES = 128 * 1024;

/** What a handler returns to answer its person; `answer` makes one. */
export class Answer {
  readonly response: unknown;
  /** The message in the contract's words. */
  readonly reply: Readonly<Record<string, unknown>>;

  constructor(text: string, { response, ...options }: AnswerOptions) {
    // The hub knows to whom: it is the instruction's person.
    const { telegram_user_id: _, ...fields } = pushBody({
      ...options,
      text,
      telegram_user_id: 0,
    } as PushMessage).fields;
    const json = JSON.stringify(fields);
    if (Buffer.byteLength(json) > MAX_REPLY_BYTES) {
      throw new Error(`El mensaje a la persona ocupa más de ${MAX_REPLY_BYTES} bytes, con sus botones`);
    }
    this.response = response;
    this.reply = JSON.parse(json);
  }

  /** For a memory of your own, which keeps it within the transaction of the handler's effect. */
  get outcome(): Outcome {
    const { response, reply } = this;
    return { status: 'completed', ...(response !== undefined && { response }), reply };
  }
}

/**
 * Completes the instruction and sends its person a message, both at once: no crash parts them, and what is repeated is not
 * sent again. Return it from a handler.
 *
 * @example
 * tpv.on('process_message', ({ payload }) => answer(`Recibido: ${payload.text}`));
 * tpv.on('process_message', ({ payload }) =>
 *   answer('¿Pedimos 2 cañas?', { buttons: [[{ text: 'Sí', action: 'confirm' }]], response: { lines: 1 } }),
 * );
 */
export function answer(text: string, options: AnswerOptions = {}): Answer {
  return new Answer(text, options);
}
