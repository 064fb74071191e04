import type { CallOutcome } from '../callbacks/guarded-call.ts';

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
