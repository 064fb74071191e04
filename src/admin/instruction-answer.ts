import { parseJson } from '../db/json-text.ts';
import type { Wait } from '../delivery/waits.ts';
import { type InstructionRow, POLL_HOLDER } from '../instructions/instruction.ts';
import { excerptOf, type ListedInstruction } from '../instructions/instruction-list.ts';
import { INTERVENTIONS, obstacleTo } from '../instructions/intervention.ts';
import { storyOf } from '../instructions/story.ts';
import { isTestOrder } from '../instructions/test-order.ts';
import { isoTime } from '../iso-time.ts';
import { pushAnswer } from '../push/answer.ts';
import { hasMarkup } from '../push/message.ts';
import type { SentReply } from '../push/reply.ts';
import { markupAnswer } from './markup-answer.ts';
import type { InstructionDetail, InstructionSummary, Waits } from './schemas/instructions.ts';
import { isoOrNull, namedTpv } from './tpv-answer.ts';
import { nameOf } from './user-answer.ts';

/** Characters of what a person wrote that a list shows. */
const EXCERPT_LENGTH = 200;

/** The beginning of a text, never cut through the middle of a character. */
export function beginningOf(text: string): string {
  if (text.length <= EXCERPT_LENGTH) return text;
  return `${text
    .slice(0, EXCERPT_LENGTH)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

/** An instruction as lists show it. */
export function instructionSummaryOf(row: ListedInstruction): InstructionSummary {
  return {
    id: row.id,
    command: row.command,
    excerpt: beginningOf(excerptOf(row)),
    status: row.status,
    priority: row.priority,
    tpv: namedTpv(row.tpv_id, row.tpv_name),
    user: { telegram_id: row.telegram_user_id, name: nameOf(row), username: row.telegram_username },
    created_at: isoTime(row.created_at),
    sent_at: isoOrNull(row.sent_at),
    delivered_at: isoOrNull(row.delivered_at),
    completed_at: isoOrNull(row.completed_at),
    expires_at: isoTime(row.expires_at),
    retry_count: row.retry_count,
    error_message: row.error_message,
    retry_of: row.retry_of,
    retried_as: row.retried_as,
    allowed: INTERVENTIONS.filter((intervention) => obstacleTo(intervention, row) === undefined),
  };
}

/** An instruction with its whole story. */
export function instructionDetailOf(
  row: ListedInstruction,
  receivedAt: number | undefined,
  wait: Wait | undefined,
  replies: readonly SentReply[],
): InstructionDetail {
  return {
    ...instructionSummaryOf(row),
    is_test: isTestOrder(row),
    // Both were checked to be JSON when they came.
    payload: parseJson(row.payload),
    response: row.response === null ? null : parseJson(row.response),
    replies: replies.map(replyOf),
    holder: holderOf(row),
    steps: storyOf(row, receivedAt).map(({ step, at, afterMs }) => ({ step, at: isoTime(at), after_ms: afterMs })),
    waits: wait === undefined ? null : waitsOf(wait),
  };
}

function replyOf({ push, reported }: SentReply): InstructionDetail['replies'][number] {
  return {
    push_id: push.id,
    reported,
    kind: push.kind,
    text: push.text,
    ...markupAnswer(push),
    has_markup: hasMarkup(push),
    status: pushAnswer(push).status,
    error_message: push.error_message,
  };
}

function holderOf({ holder }: InstructionRow): InstructionDetail['holder'] {
  if (holder === null) return null;
  return holder === POLL_HOLDER ? 'poll' : 'socket';
}

function waitsOf(wait: Wait): Waits {
  return {
    code: wait.code,
    since: isoOrNull(wait.since),
    until: isoOrNull(wait.until),
    instruction_id: wait.instructionId,
    attempt: wait.attempt,
    max_attempts: wait.maxAttempts,
    in_flight: wait.inFlight,
    max_in_flight: wait.maxInFlight,
  };
}
