import { EXPIRED, isFinal, NO_ANSWER } from '#protocol';
import { pause, systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { InstructionRow } from '../instructions/instruction.ts';
import { instructionById } from '../instructions/instruction-store.ts';
import { repliesTo } from '../instructions/replies-to.ts';
import { type StoryStep, storyOf } from '../instructions/story.ts';
import { MOST_TEST_TEXT, submitTestOrder } from '../instructions/test-order.ts';
import { isoTime } from '../iso-time.ts';
import { EXIT, UsageError } from '../process/exit.ts';
import { buttonsOf, keysOf } from '../push/change.ts';
import type { SentReply } from '../push/reply.ts';
import { isOnlineUntil } from '../tpvs/presence/rule.ts';
import { type Tpv, tpvById } from '../tpvs/tpv.ts';
import type { Input, Result } from './command.ts';
import type { Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { say, word, wordIfKnown } from './language/say.ts';
import { NOT_HERE } from './not-here.ts';
import { tableOf } from './table.ts';

const DEFAULT_TEXT = 'Hola, esto es un pedido de prueba.';
const DEFAULT_WAIT_SECONDS = 30;
const MOST_WAIT_SECONDS = 600;
/** How often the row is looked at. */
const LOOK_MS = 200;

/** `failed`: the TPV says that it could not; `no_answer`: it did not end it in time; `offline`: and was not there. */
type Outcome = 'completed' | 'failed' | 'no_answer' | 'offline';

/**
 * `tpv test-order <tpv>`: sends a TPV what a person might write, waits for its answer, and shows what happened. It ends
 * with 0 if the TPV completed it, else with 1.
 * @throws UsageError, HubError `not_found`, `tpv_inactive`
 */
export async function tpvTestOrder(
  desk: Desk,
  given: string,
  options: Input['options'],
  languageCode: string,
): Promise<Result> {
  const { id: tpvId, name, is_active: active } = await findTpv(desk.db, given);
  const seconds = secondsOf(options.wait);
  const order = { tpvId, text: textOf(options.text), languageCode, ttlMs: seconds * 1_000 };
  if (active !== 1) throw new HubError('tpv_inactive', say`"${name}" is not active, and gets no instructions.`);
  const id = await desk.change(
    (tx) => submitTestOrder(tx, NOT_HERE, order, desk.now()),
    (made) => ({
      action: 'tpv.test_order',
      target: { kind: 'tpv', id: tpvId, name },
      details: { instruction_id: made },
    }),
  );
  const row = await ended(desk, id, order.ttlMs);
  const [tpv] = await desk.db.query(tpvById, { id: tpvId });
  const outcome = outcomeOf(row, tpv, desk.now());
  const replies = await repliesTo(desk.db, row);
  const steps = storyOf(row, undefined);
  const sentence = sentenceOf(outcome, row, { name, seconds, replies: replies.length });
  return {
    data: {
      instruction_id: id,
      tpv: { id: tpvId, name },
      outcome,
      status: row.status,
      error_message: row.error_message,
      steps: steps.map(({ step, at, afterMs }) => ({ step, at: isoTime(at), after_ms: afterMs })),
      replies: replies.map(replyData),
    },
    text: [
      sentence,
      '',
      tableOf(
        ['step', 'at', 'after'],
        steps.map((one) => stepCells(one, desk.timeOf)),
      ),
      ...replies.map(replyText),
    ].join('\n'),
    exitCode: outcome === 'completed' ? EXIT.ok : EXIT.refused,
  };
}

function secondsOf(wait: Input['options'][string]): number {
  if (wait === undefined) return DEFAULT_WAIT_SECONDS;
  const seconds = typeof wait === 'string' && /^[1-9]\d{0,2}$/.test(wait) ? Number(wait) : undefined;
  if (seconds === undefined || seconds > MOST_WAIT_SECONDS) {
    throw new UsageError(say`--wait takes seconds: a whole number from 1 to ${MOST_WAIT_SECONDS}.`);
  }
  return seconds;
}

function textOf(given: Input['options'][string]): string {
  if (given === undefined) return DEFAULT_TEXT;
  if (typeof given === 'string' && given.trim() !== '' && given.length <= MOST_TEST_TEXT) return given;
  throw new UsageError(say`--text takes what a person would write: 1 to ${MOST_TEST_TEXT} characters.`);
}

/** The row once it has ended, or its time is up. */
async function ended({ db }: Desk, id: string, waitMs: number): Promise<InstructionRow> {
  const clock = systemClock();
  const until = clock.elapsed() + waitMs;
  for (;;) {
    const [row] = await db.query(instructionById, { id });
    if (row === undefined) throw new HubError('not_found', say`The test order was deleted meanwhile.`);
    if (isFinal(row.status) || clock.elapsed() >= until) return row;
    await pause(clock, LOOK_MS);
  }
}

function outcomeOf({ status, error_message: error }: InstructionRow, tpv: Tpv | undefined, now: number): Outcome {
  if (status === 'completed') return 'completed';
  if (status === 'failed' && error !== EXPIRED && error !== NO_ANSWER) return 'failed';
  return isOnlineUntil(tpv?.online_until ?? null, now) ? 'no_answer' : 'offline';
}

function sentenceOf(
  outcome: Outcome,
  { delivered_at: delivered, error_message: error }: InstructionRow,
  { name, seconds, replies }: { name: string; seconds: number; replies: number },
): string {
  switch (outcome) {
    case 'completed':
      return replies > 0
        ? say`"${name}" answered.`
        : say`"${name}" completed it without an answer: a person would see nothing.`;
    case 'failed':
      return say`"${name}" failed it: ${error}`;
    case 'no_answer':
      return say`"${name}" is online, but ${delivered === null ? say`did not answer` : say`took it and did not end it`} within ${seconds} s.`;
    case 'offline':
      return say`"${name}" is offline, and did not come within ${seconds} s.`;
    default:
      return outcome satisfies never;
  }
}

function stepCells({ step, at, afterMs }: StoryStep, timeOf: Desk['timeOf']): string[] {
  return [word(step), timeOf(at), afterMs === null ? '' : `+${afterMs} ms`];
}

function replyData({ push }: SentReply) {
  return {
    kind: push.kind,
    text: push.text,
    buttons: buttonsOf(push.reply_markup).map((line) => line.map(({ text }) => text)),
    keyboard: keysOf(push.reply_markup).map((line) => line.map(({ text }) => text)),
  };
}

function replyText(reply: SentReply): string {
  const { kind, text, buttons, keyboard } = replyData(reply);
  const rows = [...buttons, ...keyboard].map((line) => line.map((label) => `[${label}]`).join(' '));
  return ['', kind === 'text' ? text : `(${wordIfKnown(kind)}) ${text}`.trim(), ...rows].join('\n');
}
