import type { Call, Emulator, Message } from '../../demo/emulator/mod.ts';

/** A message that was asked for, and what became of it. */
export interface Asked {
  chatId: number;
  /** `mensaje 7`; its versions are `mensaje 7 · 1` and so on. */
  text: string;
  /** `waiting` where it is not settled. */
  status: string;
  /** The newest version that was asked for; 0: it was never changed. */
  version: number;
  /** Whether a change was given up with a reason, since which the person may see an older version. */
  isGivenUp: boolean;
}

export interface Evidence {
  asked: readonly Asked[];
  chats: ReadonlyMap<number, readonly Message[]>;
  calls: readonly Call[];
  /** What the line swallowed: requests that were written and never arrived, and answers. */
  swallowed: readonly string[];
}

export interface Judgement {
  /** Settled as sent or failed without a reason, and Telegram never got it. */
  lost: number;
  doubled: number;
  outOfOrder: number;
  /** Changes that were not given up, and of which the person does not see the newest. */
  changesLost: number;
  /** Calls in a chat before Telegram's `retry_after` for it was over. */
  tooEarly: number;
  /** Calls above what Telegram allows a chat or the bot. */
  overPace: number;
  /** `unknown`, though no call of it was under way without a clear answer. */
  unknownWithoutCause: number;
  /** Shown to nobody. */
  missing: number;
}

const LIMITED = /^(send(?!ChatAction)|edit)/;
const BURST = 6;
const ALL_BURST = 30;

export function judge(evidence: Evidence): Judgement {
  const { asked, chats, calls } = evidence;
  const shown = new Map<string, string[]>();
  let outOfOrder = 0;
  for (const [chatId, messages] of chats) {
    let before = -1;
    for (const { text = '' } of messages) {
      const name = nameOf(text);
      shown.set(`${chatId} ${name}`, [...(shown.get(`${chatId} ${name}`) ?? []), text]);
      const number = Number(name.split(' ')[1]);
      if (number < before) outOfOrder++;
      before = number;
    }
  }
  const shownOf = ({ chatId, text }: Asked) => shown.get(`${chatId} ${text}`) ?? [];
  const unclear = textsInDoubt(evidence);
  return {
    lost: asked.filter((one) => one.status !== 'unknown' && shownOf(one).length === 0).length,
    doubled: asked.filter((one) => shownOf(one).length > 1).length,
    outOfOrder,
    changesLost: asked.filter((one) => isChangeLost(one, shownOf(one))).length,
    tooEarly: tooEarly(calls),
    overPace: overPace(calls),
    unknownWithoutCause: asked.filter((one) => one.status === 'unknown' && !unclear(one.text)).length,
    missing: asked.filter((one) => shownOf(one).length === 0).length,
  };
}

/** What a chat shows of the TPV's, and not the hub's own sentences nor what the person wrote. */
export function messagesOf(emulator: Emulator, id: number): readonly Message[] {
  const { chat } = emulator.person({ id, first_name: `Persona ${id}` });
  return chat.filter(({ text = '' }) => text.startsWith('mensaje '));
}

/** A message's name, in whichever version. */
export function nameOf(text: string): string {
  return text.split(' · ')[0] ?? '';
}

function isChangeLost({ text, version, isGivenUp }: Asked, shown: readonly string[]): boolean {
  return version > 0 && !isGivenUp && !shown.includes(`${text} · ${version}`);
}

/** @returns whether a call with this text was under way and got no clear answer */
function textsInDoubt({ calls, swallowed }: Evidence): (text: string) => boolean {
  const texts = new Set<unknown>();
  for (const { params, outcome, answeredAt } of calls) {
    const isClear = answeredAt !== undefined && (outcome.ok || outcome.error_code < 500);
    if (!isClear) texts.add(params.text);
  }
  for (const piece of swallowed) for (const [, text] of piece.matchAll(/"text":"([^"]*)"/g)) texts.add(text);
  return (text) => texts.has(text);
}

function chatOf({ params }: Call): number {
  return Number(params.chat_id);
}

function tooEarly(calls: readonly Call[]): number {
  const allowed = new Map<number, number>();
  let early = 0;
  for (const call of calls) {
    if (!LIMITED.test(call.method)) continue;
    if (call.at < (allowed.get(chatOf(call)) ?? 0)) early++;
    const { outcome, answeredAt } = call;
    const seconds = outcome.ok ? undefined : outcome.parameters?.retry_after;
    if (seconds !== undefined && answeredAt !== undefined) allowed.set(chatOf(call), answeredAt + seconds * 1_000);
  }
  return early;
}

function overPace(calls: readonly Call[]): number {
  const all = { burst: ALL_BURST, perSecond: 30, tokens: ALL_BURST, at: 0 };
  const chats = new Map<number, typeof all>();
  let over = 0;
  for (const call of calls.filter(({ method }) => LIMITED.test(method)).toSorted((a, b) => a.at - b.at)) {
    const chat = chats.get(chatOf(call)) ?? { burst: BURST, perSecond: 1, tokens: BURST, at: 0 };
    chats.set(chatOf(call), chat);
    for (const bucket of [all, chat]) {
      const refill = ((call.at - bucket.at) / 1_000) * bucket.perSecond;
      bucket.tokens = Math.min(bucket.burst, bucket.tokens + refill) - 1;
      bucket.at = call.at;
      if (bucket.tokens < -0.01) over++;
    }
  }
  return over;
}
