import { z } from 'zod';
import { storable } from '../db/plain-text.ts';

/** Characters of each text that are kept; Telegram takes no more in a message. */
const MAX_TEXT_LENGTH = 4_096;

/** What a TPV said to a press (docs/rest.md, "Buttons"). */
export interface CallbackAnswer {
  success: boolean;
  /** What the person sees if it worked. */
  mensaje?: string;
  /** Appended to the message, whose buttons go. */
  newText?: string;
  /** What the person sees if it did not. */
  error?: string;
}

/** Texts that are none count as absent: these TPVs were written by others, and the person pressed already. */
export const personText = z
  .string()
  .transform((value) => storable(value.slice(0, MAX_TEXT_LENGTH)))
  .optional()
  .catch(undefined);

const answer = z
  .object({ success: z.boolean(), mensaje: personText, new_text: personText, error: personText })
  .transform(({ new_text: newText, ...others }): CallbackAnswer => ({ ...others, newText }));

const refusal = z.object({ mensaje: personText, error: personText }).catch({});

/** Reads the JSON of a TPV's refusal: a no with its reason, also where it says `success: true`, as real TPVs do. */
export function parseRefusal(body: string): CallbackAnswer {
  return { ...refusal.parse(JSON.parse(body)), success: false };
}

/** Whether it is JSON, of any kind. */
export function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** Reads the body of a TPV's answer; undefined if it is not JSON, or does not say whether it succeeded. */
export function parseCallbackAnswer(body: string): CallbackAnswer | undefined {
  try {
    return answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
