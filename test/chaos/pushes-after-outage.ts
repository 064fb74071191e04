import { PlayedHub } from './played-hub.ts';
import { program } from './program.ts';
import { evidenceOf } from './push-evidence.ts';
import { type Asked, type Judgement, judge } from './push-judge.ts';
import { seeded } from './seeded.ts';

export interface PushesAfterOutageOptions {
  /** For so long, of the clock, nothing on the line arrives. */
  hours: number;
  /** What a TPV pushes meanwhile. */
  messages: number;
  chats: number;
}

export interface PushesAfterOutageResult extends Judgement {
  messages: number;
  /** Still waited when the line came back. */
  waited: number;
  statuses: Record<string, number>;
  /** In how many seconds of the clock all of them left then. */
  worked: number;
  /** What the hub logged as an error. */
  faults: number;
  tookSeconds: number;
}

/** What a TPV asks for within a second is bounded. */
const PUSH_EVERY_MS = 25;
/** The days pass in strokes shorter than the longest wait between two questions whether Telegram works. */
const STEP_MS = 20_000;
/** Telegram's pace is 30 a second; what comes besides are the last question of the outage, and the message that goes alone. */
const PER_SECOND = 30;
const LAST_QUESTION_SECONDS = 90;

/** A whole hub takes a TPV's messages while the line to Telegram is dead, and sends them once it is back. */
export async function pushesAfterOutage(options: PushesAfterOutageOptions): Promise<PushesAfterOutageResult> {
  const { hours, chats } = options;
  const startedAt = performance.now();
  const played = await PlayedHub.open({ chats, random: seeded(1) });
  const { clock, telegram } = played;
  const asked = new Map<string, Asked>();
  try {
    // A kept connection that dies leaves in doubt what is written on it: `pushes-under-faults` has that.
    await telegram.line.become('refused');
    await clock.advance(1_000);
    await telegram.line.become('dead');
    const told: Promise<unknown>[] = [];
    for (let i = 0; i < options.messages; i++) {
      const chatId = 1 + (i % chats);
      const text = `mensaje ${i}`;
      const pushed = await played.push(chatId, text, 'hold');
      asked.set(pushed.id, { chatId, text, status: 'waiting', version: 0, isGivenUp: false });
      told.push(pushed.told);
      await clock.advance(PUSH_EVERY_MS);
    }
    // What a TPV waits for at most.
    await clock.advance(10_000);
    await Promise.all(told);
    for (let ms = 0; ms < hours * 3_600_000; ms += STEP_MS) await clock.jump(STEP_MS);
    const { pending: waited = 0 } = (await evidenceOf(played, asked)).statuses;
    const backAt = clock.now();
    await telegram.line.become('open');
    await played.drain();
    const { evidence, statuses } = await evidenceOf(played, asked);
    return {
      messages: asked.size,
      waited,
      statuses,
      ...judge(evidence),
      worked: Math.ceil((Math.max(backAt, ...evidence.calls.map(({ at }) => at)) - backAt) / 1_000),
      faults: played.faults.length,
      tookSeconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    await played.close();
  }
}

/** Whether all waited, and then left once, in order and at the pace. */
export function outageHeld(result: PushesAfterOutageResult): boolean {
  const { messages, waited, statuses, lost, doubled, outOfOrder, tooEarly, overPace, unknownWithoutCause } = result;
  const wrong =
    lost + doubled + outOfOrder + tooEarly + overPace + unknownWithoutCause + result.missing + result.faults;
  const { sent = 0 } = statuses;
  const isInTime = result.worked <= messages / PER_SECOND + LAST_QUESTION_SECONDS;
  return wrong === 0 && waited === messages && sent === messages && isInTime;
}

export const pushesAfterOutageProgram = program({
  name: 'pushes-after-outage',
  options: { hours: 48, messages: 2_000 },
  says: ({ hours, messages }) =>
    `Pushing ${messages} messages while the line to Telegram is dead for ${hours} hours of the clock`,
  run: ({ hours, messages }) => pushesAfterOutage({ hours, messages, chats: 400 }),
  held: outageHeld,
  sums: ({ messages, worked }) => `${messages} messages waited, and left once, in order, in ${worked} s`,
});
