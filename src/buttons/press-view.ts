import { z } from 'zod';
import { CANCELLED, EXPIRED, NO_ANSWER } from '#protocol';
import { personText } from '../callbacks/callback-answer.ts';
import type { CallOutcome } from '../callbacks/guarded-call.ts';
import { parseJson } from '../db/json-text.ts';
import type { InstructionRow } from '../instructions/instruction.ts';

/** What a person reads about a press; telegram/texts/ has the sentences. */
export interface PressTexts {
  expired: string;
  legacyExpired: string;
  /** Appended to an older TPV's message whose buttons expired; HTML. */
  legacyExpiredNote: string;
  processing: string;
  done: string;
  failed: string;
  unanswered: string;
  notAllowed: string;
  unreachable: string;
}

/** How a press went, as its person sees it. */
export interface PressView {
  text: string;
  alert?: boolean | undefined;
  /** Appended to the message, whose buttons go. */
  newText?: string | undefined;
}

/** What a TPV may report about a press; anything else in `response` is its own business. */
const reportedSchema = z.object({
  text: personText,
  show_alert: z.boolean().optional().catch(undefined),
  new_text: personText,
});
const pressedSchema = z.object({ push_message_id: z.string() });

/**
 * What the person is shown of a press whose instruction is final.
 * @param row undefined: it is gone
 * @returns the message to which `newText` is appended, too
 */
export function reportedView(
  texts: PressTexts,
  row: InstructionRow | undefined,
): { pushId: string | undefined; view: PressView } {
  if (row === undefined || (row.status === 'failed' && [EXPIRED, NO_ANSWER, CANCELLED].includes(row.error_message))) {
    return { pushId: undefined, view: { text: texts.unanswered, alert: true } };
  }
  const said = reportedSchema.safeParse(row.response === null ? {} : parseJson(row.response)).data;
  const usual = row.status === 'completed' ? texts.done : texts.failed;
  const pushId = pressedSchema.safeParse(parseJson(row.payload)).data?.push_message_id;
  return { pushId, view: { text: said?.text ?? usual, alert: said?.show_alert, newText: said?.new_text } };
}

/**
 * What the person is shown of what a TPV's URL answered.
 * @param legacy an older TPV's button: the service before this hub showed success as an alert too
 */
export function viewOf(texts: PressTexts, answer: CallOutcome, legacy: boolean): PressView {
  switch (answer.kind) {
    case 'answered':
      if (answer.success) {
        return { text: answer.mensaje ?? texts.done, alert: legacy, newText: answer.newText };
      }
      return { text: answer.error ?? answer.mensaje ?? texts.failed, alert: true };
    case 'refused':
      return { text: texts.notAllowed, alert: true };
    case 'failed':
      return { text: texts.unreachable, alert: true };
    default:
      return answer satisfies never;
  }
}
