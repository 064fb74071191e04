import { type Cancel, pause } from '../clock.ts';
import type { EventSource } from '../events.ts';
import { Pace } from '../pace.ts';
import type { PushRow } from './message.ts';
import { headOfChat, interruptedToUnknown, markSending, waitingChats } from './push-store.ts';
import { ChatQueue } from './queue.ts';
import { OVERALL } from './rate.ts';
import { SendPause } from './send-pause.ts';
import type { SendPort } from './send-port.ts';
import { FAULT_WAIT_MS, Settlement, type SettlementPorts } from './settlement.ts';
import { Waiters } from './waiters.ts';

export interface DispatchPorts extends SettlementPorts {
  events: EventSource;
  sender: SendPort;
}

/** Requests to Telegram that may be under way at once. */
const MAX_UNDER_WAY = 60;
/** Of these, what is read from the database and waits for its turn to leave. */
const MAX_PREPARING = 4;

const INTERRUPTED = 'el hub se interrumpió mientras lo enviaba';

/**
 * Sends what waits: one at a time and in order per chat, within Telegram's limits, fair between TPVs. Rows are the
 * truth; a message is marked `sending` before its request leaves, so that a crash never sends it twice.
 */
export class Dispatcher {
  readonly #ports: DispatchPorts;
  readonly #queue = new ChatQueue();
  readonly #overall = new Pace(OVERALL);
  readonly #sendPause: SendPause;
  readonly #waiters: Waiters;
  readonly #settlement: Settlement;
  readonly #underWay = new Set<Promise<void>>();
  /** Aborted when nothing new may leave … */
  readonly #stopping = new AbortController();
  /** … and when nothing may be written any more. */
  readonly #over = new AbortController();
  #started = false;
  #probing = false;
  #preparing = 0;
  #wake: Cancel | undefined;

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
    this.#sendPause = new SendPause(ports.clock);
    this.#waiters = new Waiters(ports);
    const state = { queue: this.#queue, sendPause: this.#sendPause, waiters: this.#waiters };
    this.#settlement = new Settlement(ports, state, this.#over.signal);
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
  settled(id: string, ms: number): Promise<PushRow | undefined> {
    return this.#waiters.settled(id, ms);
  }

  /**
   * Nothing new leaves; resolves when what is under way was settled, or after `ms`. What still hangs then is `unknown`
   * at the next start.
   */
  async stop(ms: number): Promise<void> {
    this.#stopping.abort();
    this.#sendPause.end();
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
    if (this.#sendPause.closed) {
      this.#probe();
      return;
    }
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

  /** Asks Telegram whether it works again, once that is due. */
  #probe(): void {
    const { clock, sender } = this.#ports;
    const now = clock.now();
    if (!this.#mayBegin || this.#probing) return;
    if (this.#sendPause.until > now) {
      this.#wakeAt(this.#sendPause.until, now);
      return;
    }
    this.#probing = true;
    const probed = sender.probe().then((works) => {
      this.#probing = false;
      this.#underWay.delete(probed);
      this.#sendPause.probed(works);
      this.#pump();
    });
    this.#underWay.add(probed);
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
      const waits = await this.#settlement.keep(prepared.row, await sender.send(prepared.row));
      if (waits) following = prepared.row;
    } catch (error) {
      this.#sendPause.hold(FAULT_WAIT_MS);
      if (!this.#over.signal.aborted) onFault(error);
      // Whichever TPV's it is, the chat is looked at again.
      following ??= { tpv_id: null };
    } finally {
      this.#sendPause.unused(chatId);
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
      await this.#turnToLeave(chatId);
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

  async #turnToLeave(chatId: number): Promise<void> {
    const { clock } = this.#ports;
    while (!this.#stopping.signal.aborted) {
      const now = clock.now();
      const at = Math.max(this.#sendPause.until, this.#overall.readyAt());
      if (at > now) await pause(clock, Math.ceil(at - now), this.#stopping.signal);
      else if (this.#sendPause.leaves(chatId)) return this.#overall.taken(now);
      else await this.#sendPause.changed();
    }
  }
}
