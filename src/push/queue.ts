import { Pace } from '../pace.ts';
import { chatRate } from './rate.ts';
import { Soonest } from './soonest.ts';

/** Requests of one TPV that may be under way at once: those that hang must leave room for the others'. */
const MAX_BUSY_PER_TPV = 15;

interface Chat {
  id: number;
  /** In whose line it stands: the TPV of its next message. */
  tpvId: string | null;
  pace: Pace;
  /** Whether something may wait in the table. */
  waiting: boolean;
  /** One request at a time. */
  busy: boolean;
  /** TPVs that got more to send while the chat was busy. */
  again: { tpvId: string | null } | undefined;
  /** Not before this, whatever its pace says: Telegram asked, or a try failed. */
  pausedUntil: number;
  /** It stands in its TPV's line, or rests until it may. */
  inLine: boolean;
}

/**
 * Which chat is next. Chats stand in line per TPV, and TPVs take turns, so that one TPV's flood never keeps another's
 * single message waiting. Messages stay in the table: this holds one small entry a chat, and only while it has something to
 * send or its pace is remembered.
 */
export class ChatQueue {
  readonly #chats = new Map<number, Chat>();
  /** TPVs in the order of their turns, each with its chats in line. */
  readonly #lines = new Map<string | null, Set<Chat>>();
  /** Chats that may not be written to yet: nobody has to look at them until then, however many they are. */
  readonly #resting = new Soonest<Chat>();
  /** How many chats of a TPV are busy. */
  readonly #busy = new Map<string | null, number>();
  #nextSweep = 0;

  /** Something waits for the chat. */
  add(chatId: number, tpvId: string | null): void {
    const chat = this.#chat(chatId, tpvId);
    if (chat.busy) {
      chat.again ??= { tpvId };
      return;
    }
    if (!chat.waiting) chat.tpvId = tpvId;
    chat.waiting = true;
    this.#line(chat);
  }

  /**
   * The chat whose turn it is now; it is busy until `done`.
   * @returns the chat, or when to ask again (undefined: when something is added)
   */
  next(now: number): { chatId: number } | { at: number | undefined } {
    this.#restingUntil(now);
    for (const [tpvId, line] of this.#lines) {
      const busy = this.#busy.get(tpvId) ?? 0;
      if (busy >= MAX_BUSY_PER_TPV) continue;
      // The TPV's next turn comes after every other TPV's.
      this.#lines.delete(tpvId);
      const chat = this.#firstReady(line, now);
      if (line.size > 0) this.#lines.set(tpvId, line);
      if (chat === undefined) continue;
      chat.inLine = false;
      chat.busy = true;
      this.#busy.set(tpvId, busy + 1);
      return { chatId: chat.id };
    }
    return { at: this.#restingUntil(now) };
  }

  /** Whether the chat has nothing to send, and may be written to. */
  isQuiet(chatId: number, now: number): boolean {
    const chat = this.#chats.get(chatId);
    return chat === undefined || !(chat.waiting || chat.busy || chat.pausedUntil > now);
  }

  /** A request left for the chat. */
  taken(chatId: number, now: number): void {
    this.#chats.get(chatId)?.pace.taken(now);
  }

  pause(chatId: number, until: number): void {
    const chat = this.#chats.get(chatId);
    if (chat !== undefined) chat.pausedUntil = Math.max(chat.pausedUntil, until);
  }

  /**
   * Its request is over.
   * @param following the TPV whose message is next in the chat; undefined if there is none
   */
  done(chatId: number, following: { tpvId: string | null } | undefined, now: number): void {
    const chat = this.#chats.get(chatId);
    if (chat === undefined) return;
    const busy = (this.#busy.get(chat.tpvId) ?? 0) - 1;
    if (busy > 0) this.#busy.set(chat.tpvId, busy);
    else this.#busy.delete(chat.tpvId);
    const next = following ?? chat.again;
    chat.busy = false;
    chat.again = undefined;
    chat.waiting = next !== undefined;
    if (next === undefined) {
      this.#forgetRested(now);
    } else {
      chat.tpvId = next.tpvId;
      this.#line(chat);
    }
  }

  /** Chats that are remembered. */
  get size(): number {
    return this.#chats.size;
  }

  #chat(id: number, tpvId: string | null): Chat {
    let chat = this.#chats.get(id);
    if (chat === undefined) {
      const pace = new Pace(chatRate(id));
      chat = { id, tpvId, pace, waiting: false, busy: false, again: undefined, pausedUntil: 0, inLine: false };
      this.#chats.set(id, chat);
    }
    return chat;
  }

  #line(chat: Chat): void {
    if (chat.busy || chat.inLine) return;
    chat.inLine = true;
    this.#stand(chat);
  }

  #stand(chat: Chat): void {
    const line = this.#lines.get(chat.tpvId) ?? new Set();
    this.#lines.set(chat.tpvId, line);
    line.add(chat);
  }

  /** The first of a line that may be written to, out of it; those before it rest. */
  #firstReady(line: Set<Chat>, now: number): Chat | undefined {
    for (const chat of line) {
      line.delete(chat);
      const at = readyAt(chat);
      if (at <= now) return chat;
      this.#resting.put(at, chat);
    }
    return undefined;
  }

  /**
   * Puts the chats that have rested back into their lines.
   * @returns when the next one will have
   */
  #restingUntil(now: number): number | undefined {
    for (let first = this.#resting.first; first !== undefined; first = this.#resting.first) {
      const { at, thing: chat } = first;
      const until = readyAt(chat);
      if (until <= at && until > now) return until;
      this.#resting.take();
      // A pause since then made it longer.
      if (until > now) this.#resting.put(until, chat);
      else this.#stand(chat);
    }
    return undefined;
  }

  /** Chats that rest and have nothing to send; now and then, not at every message. */
  #forgetRested(now: number): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + 10_000;
    for (const [id, chat] of this.#chats) {
      if (!chat.waiting && !chat.busy && chat.pausedUntil <= now && chat.pace.rested(now)) this.#chats.delete(id);
    }
  }
}

function readyAt({ pausedUntil, pace }: Chat): number {
  return Math.max(pausedUntil, pace.readyAt());
}
