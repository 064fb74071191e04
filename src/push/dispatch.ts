import { type Cancel, type Clock, pause } from '../clock.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { EventSource } from '../events.ts';
import { Pace } from '../pace.ts';
import { markUnreachable } from '../users/user.ts';
import { type PushRow, uploadOf } from './message.ts';
import {
  headOfChat,
  interruptedToUnknown,
  markSending,
  moveChat,
  postponePush,
  pushById,
  settlePush,
  waitingChats,
} from './push-store.ts';
import { ChatQueue } from './queue.ts';
import { OVERALL } from './rate.ts';
import { SendPause } from './send-pause.ts';
import type { SendOutcome, SendPort } from './send-port.ts';
import type { UploadStore } from './uploads.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { Waiters } from './waiters.ts';

export interface DispatchPorts {
  db: Database;
  clock: Clock;
  events: EventSource;
  sender: SendPort;
  /** Spreads what would otherwise come back all at once; 0..1. */
  random(): number;
  /** A file goes once it was sent. */
  uploads: Pick<UploadStore, 'remove'>;
  onFault(error: unknown): void;
}

/** Requests to Telegram that may be under way at once. */
const MAX_UNDER_WAY = 60;
/** Of these, what is read from the database and waits for its turn to leave. */
const MAX_PREPARING = 4;
/** A message that could not be delivered for a week is given up (docs/reliability.md, "Outbound"). */
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000;
/** On top of what Telegram asks for. */
const JITTER_MS = 500;
/** After a fault of the database, nothing is tried for this long. */
const FAULT_WAIT_MS = 1_000;

const INTERRUPTED = 'el hub se interrumpió mientras lo enviaba';
const GIVEN_UP = 'Telegram no estuvo disponible en 7 días';

/**
 * Sends what waits: one at a time and in order per chat, within Telegram's limits, fair between TPVs. Rows are the
 * truth; a message is marked `sending` before its request leaves, so that a crash never sends it twice.
 */
export class Dispatcher {
  readonly #ports: DispatchPorts;
  readonly #queue = new ChatQueue();
  readonly #overall = new Pace(OVERALL);
  readonly #sendPause: SendPause;
  readonly #waiters = new Waiters();
  readonly #underWay = new Set<Promise<void>>();
  /** Messages that already followed a group to its new id. */
  readonly #moved = new Set<string>();
  /** Aborted when nothing new may leave … */
  readonly #stopping = new AbortController();
  /** … and when nothing may be written any more. */
  readonly #over = new AbortController();
  #started = false;
  #preparing = 0;
  #wake: Cancel | undefined;

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
    this.#sendPause = new SendPause(ports.clock);
    ports.events.on('push.queued', ({ chatId, tpvId }) => this.#queued(chatId, tpvId));
  }

  /** Settles what the last process left half-way, and begins with what waits. */
  async start(): Promise<void> {
    const { db } = this.#ports;
    await db.transact((tx) => tx.run(interruptedToUnknown, { error: INTERRUPTED }));
    for (const chat of await db.query(waitingChats, {})) this.#queue.add(chat.chat_id, chat.tpv_id);
    this.#started = true;
    this.#pump();
  }

  /** Nothing leaves before this moment: Telegram's limit for all, or an outage; undefined if nothing holds it. */
  get pausedUntil(): number | undefined {
    const { until } = this.#sendPause;
    return until > this.#ports.clock.now() ? until : undefined;
  }

  /** The message as it stands once it is settled, or after `ms`; at once if it can't be settled until then. */
  async settled(id: string, ms: number): Promise<PushRow | undefined> {
    const { db, clock } = this.#ports;
    const until = clock.now() + ms;
    const { left, leave } = this.#waiters.add(id, until);
    const cancel = clock.after(ms, leave);
    try {
      // Looked at after the place is taken, so that nothing is missed in between.
      const [now] = await db.query(pushById, { id });
      if (now === undefined || now.not_before === null || now.not_before > until) return now;
      await left;
      return (await db.query(pushById, { id }))[0];
    } finally {
      cancel();
      leave();
    }
  }

  /**
   * Nothing new leaves; resolves when what is under way was settled, or after `ms`. What still hangs then is `unknown`
   * at the next start.
   */
  async stop(ms: number): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(ms, resolve);
    await Promise.race([Promise.all(this.#underWay), late]);
    cancel();
    this.#over.abort();
    this.#waiters.end();
  }

  #queued(chatId: number, tpvId: string | null): void {
    this.#queue.add(chatId, tpvId);
    this.#pump();
  }

  /** Begins with as many chats as may be under way, and asks for its next turn. */
  #pump(): void {
    this.#wake?.();
    this.#wake = undefined;
    while (this.#mayBegin && this.#underWay.size < MAX_UNDER_WAY && this.#preparing < MAX_PREPARING) {
      const now = this.#ports.clock.now();
      if (this.#sendPause.until > now) {
        this.#wakeAt(this.#sendPause.until, now);
        return;
      }
      const next = this.#queue.next(now);
      if (!('chatId' in next)) {
        if (next.at !== undefined) this.#wakeAt(next.at, now);
        return;
      }
      const sent = this.#sendNext(next.chatId).finally(() => {
        this.#underWay.delete(sent);
        this.#pump();
      });
      this.#underWay.add(sent);
    }
  }

  get #mayBegin(): boolean {
    return this.#started && !this.#stopping.signal.aborted;
  }

  #wakeAt(at: number, now: number): void {
    this.#wake = this.#ports.clock.after(Math.ceil(at - now), () => this.#pump());
  }

  /** Never rejects. */
  async #sendNext(chatId: number): Promise<void> {
    const { clock, sender, onFault } = this.#ports;
    let following: Pick<PushRow, 'tpv_id'> | undefined;
    try {
      const prepared = await this.#prepare(chatId);
      following = prepared.following;
      if (prepared.row === undefined) return;
      const waits = await this.#settle(prepared.row, await sender.send(prepared.row));
      if (waits) following = prepared.row;
    } catch (error) {
      this.#sendPause.hold(FAULT_WAIT_MS);
      if (!this.#over.signal.aborted) onFault(error);
      // Whichever TPV's it is, the chat is looked at again.
      following ??= { tpv_id: null };
    } finally {
      this.#queue.done(chatId, following && { tpvId: following.tpv_id }, clock.now());
    }
  }

  /** The chat's next message, marked as leaving now; and the one that follows it, or waits in its place. */
  async #prepare(chatId: number): Promise<{ row?: PushRow | undefined; following: PushRow | undefined }> {
    const { db, clock } = this.#ports;
    this.#preparing++;
    try {
      const [head, second] = await db.query(headOfChat, { chatId });
      if (head === undefined) return { following: undefined };
      if (head.not_before !== null && head.not_before > clock.now()) {
        this.#queue.pause(chatId, head.not_before);
        return { following: head };
      }
      // Asked for last: a slow database would otherwise let many leave at once.
      await this.#turnToLeave();
      if (this.#stopping.signal.aborted) return { following: head };
      this.#queue.taken(chatId, clock.now());
      const [row] = await db.transact((tx) => tx.run(markSending, { id: head.id }));
      return row === undefined ? { following: head } : { row, following: second };
    } catch (error) {
      this.#sendPause.hold(FAULT_WAIT_MS);
      throw error;
    } finally {
      this.#preparing--;
      this.#pump();
    }
  }

  async #turnToLeave(): Promise<void> {
    const { clock } = this.#ports;
    while (!this.#stopping.signal.aborted) {
      const now = clock.now();
      const at = Math.max(this.#sendPause.until, this.#overall.readyAt());
      if (at <= now) return this.#overall.taken(now);
      await pause(clock, Math.ceil(at - now), this.#stopping.signal);
    }
  }

  /** @returns whether it waits for another try */
  async #settle(row: PushRow, outcome: SendOutcome): Promise<boolean> {
    const { random } = this.#ports;
    const verdict = verdictOf(outcome, row.attempts, this.#moved.has(row.id));
    if (verdict.kind !== 'outage') this.#sendPause.reached();
    switch (verdict.kind) {
      case 'settled':
        return this.#end(row, outcome, verdict);
      case 'again':
        return this.#again(row, outcome, verdict.waitMs, verdict.error);
      case 'limited': {
        const waitMs = verdict.waitMs + random() * JITTER_MS;
        this.#sendPause.limited(row.chat_id, waitMs);
        return this.#again(row, outcome, waitMs, verdict.error);
      }
      case 'outage':
        return this.#again(row, outcome, this.#sendPause.outage(), verdict.error);
      case 'moved':
        return this.#follow(row, verdict);
      default:
        return verdict satisfies never;
    }
  }

  /** Waits for another try, or gives up after a week. */
  async #again(row: PushRow, outcome: SendOutcome, waitMs: number, error: string): Promise<boolean> {
    const notBefore = Math.ceil(this.#ports.clock.now() + waitMs);
    if (notBefore - row.queued_at > GIVE_UP_AFTER_MS) {
      return this.#end(row, outcome, { status: 'failed', error: GIVEN_UP, unreachablePerson: false });
    }
    this.#queue.pause(row.chat_id, notBefore);
    await this.#write(async (tx) => {
      await tx.run(postponePush, { id: row.id, notBefore, error });
      tx.changed('push', row.id);
    });
    this.#waiters.postponed(row.id, notBefore);
    return true;
  }

  async #follow(row: PushRow, { to, error }: Extract<Verdict, { kind: 'moved' }>): Promise<boolean> {
    const { clock } = this.#ports;
    this.#moved.add(row.id);
    await this.#write(async (tx) => {
      await tx.run(postponePush, { id: row.id, notBefore: clock.now(), error });
      await tx.run(moveChat, { from: row.chat_id, to });
      tx.emit({ type: 'push.queued', chatId: to, tpvId: row.tpv_id });
    });
    return false;
  }

  async #end(
    row: PushRow,
    outcome: SendOutcome,
    end: Pick<Extract<Verdict, { kind: 'settled' }>, 'status' | 'error' | 'unreachablePerson'>,
  ): Promise<boolean> {
    const { clock, uploads, onFault } = this.#ports;
    const { id, tpv_id: tpvId, idempotency_key: idempotencyKey, attempts } = row;
    const { status } = end;
    this.#moved.delete(row.id);
    await this.#write(async (tx) => {
      await tx.run(settlePush, {
        id,
        status,
        messageId: outcome.kind === 'sent' ? outcome.messageId : null,
        code: outcome.kind === 'refused' ? outcome.code : null,
        error: end.error,
        plain: outcome.kind === 'sent' && outcome.asPlain ? 1 : 0,
        sentAt: outcome.kind === 'sent' ? clock.now() : null,
      });
      if (end.unreachablePerson) {
        await tx.run(markUnreachable, { telegramId: row.chat_id });
        tx.changed('user', String(row.chat_id));
      }
      const ms = clock.now() - row.queued_at;
      tx.emit({ type: 'push.settled', id, tpvId, status, idempotencyKey, attempts, ms });
      tx.changed('push', id);
    });
    this.#waiters.settled(id);
    const file = outcome.kind === 'sent' ? uploadOf(row) : undefined;
    if (file !== undefined) uploads.remove(file).catch(onFault);
    return false;
  }

  /**
   * What Telegram said is known only here until it is written: while the database can't take it, it is tried again,
   * and nothing else leaves.
   */
  async #write(change: (tx: Tx) => Promise<void>): Promise<void> {
    const { db, clock, onFault } = this.#ports;
    const { signal } = this.#over;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await db.transact(change);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        if (!signal.aborted) onFault(error);
      }
      this.#sendPause.hold(FAULT_WAIT_MS);
      await pause(clock, FAULT_WAIT_MS, signal);
    }
  }
}
