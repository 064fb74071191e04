import type { Cancel, Clock } from '../clock.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { type Change, changedMessage, checkChange, refusedChange, tokensOf, unreachableChange } from './change.ts';
import { type ChangeRow, changesOfChat, changingChats, endChange, postponeChange } from './change-store.ts';
import { ChangeWaiters } from './change-waiters.ts';
import { endRefused, keepChange, type RetireButtons, tellUnheard } from './keep-change.ts';
import type { PushRow } from './message.ts';
import type { PatientWrite } from './patient-write.ts';
import { editedPush, pushById } from './push-store.ts';
import type { ChatQueue } from './queue.ts';
import type { SendPause } from './send-pause.ts';
import type { ChangeOutcome, ChangePort } from './send-port.ts';
import { GIVE_UP_AFTER_MS, JITTER_MS } from './settlement.ts';
import { backoff, verdictOf } from './verdict.ts';

export interface ChangeLanePorts {
  db: Database;
  clock: Clock;
  changer: ChangePort;
  retireButtons: RetireButtons;
  random(): number;
  /** By how much the clock was set ahead within so long: changes seem to have waited that much longer. */
  aheadMs(withinMs: number): number;
}

export interface ChangeLaneState {
  queue: Pick<ChatQueue, 'add' | 'pause'>;
  sendPause: SendPause;
  write: PatientWrite;
  /** The chat is to be looked at. */
  wake(chatId: number, tpvId: string | null): void;
}

/** Changes of one chat that are looked at together. */
const LOOK_AT = 50;
/** Tries that may have arrived and got no answer: after so many, with others getting through between, it is the change. */
const MAX_UNSURE = 5;

/**
 * Changes of sent messages, on their way to Telegram in their chat's lane. They are durable, the newest of a message
 * wins, and each is tried until Telegram says how it went, as the same change once more does no harm.
 */
export class ChangeLane {
  readonly #ports: ChangeLanePorts;
  readonly #state: ChangeLaneState;
  /** Who waits to see how a change goes. */
  readonly waiters: ChangeWaiters;
  /** Chats in which changes wait. */
  readonly #chats = new Set<number>();
  /** How many callers ask for a change in a chat right now: what a query finds there may be behind them. */
  readonly #asking = new Map<number, number>();
  /** Counts what no caller waits for: the same. */
  #joined = 0;
  readonly #underWay = new Set<string>();
  /** Chats that are looked at again later. */
  readonly #later = new Map<number, Cancel>();

  constructor(ports: ChangeLanePorts, state: ChangeLaneState) {
    this.#ports = ports;
    this.#state = state;
    this.waiters = new ChangeWaiters(ports.clock);
  }

  /** Begins with what the last process left. */
  async start(): Promise<void> {
    for (const { chat_id: chatId, tpv_id: tpvId } of await this.#ports.db.query(changingChats, {})) {
      this.#chats.add(chatId);
      this.#state.queue.add(chatId, tpvId);
    }
  }

  /**
   * Asks for a change: after this it is durable, and goes out in its turn.
   * @param ms how long to wait until Telegram has it; for ever where absent
   * @returns the message as it became; undefined where that is still to come, as time is up or the hub ends
   * @throws HubError `invalid_request` (too long, or not sent yet), `telegram_error`, `not_found`, `unavailable`
   */
  async ask(row: PushRow, change: Change, ms = Number.POSITIVE_INFINITY): Promise<PushRow | undefined> {
    const { db } = this.#ports;
    checkChange(row, change);
    const place = this.waiters.join(row.id, ms);
    this.#chats.add(row.chat_id);
    this.#asking.set(row.chat_id, (this.#asking.get(row.chat_id) ?? 0) + 1);
    try {
      await db.transact(async (tx) => place.expects(await this.join(tx, row, change)));
      place.kept();
      return await place.told();
    } finally {
      place.leave();
      const others = (this.#asking.get(row.chat_id) ?? 1) - 1;
      if (others > 0) this.#asking.set(row.chat_id, others);
      else this.#asking.delete(row.chat_id);
    }
  }

  /**
   * Asks for a change as part of the caller's transaction, and waits for nothing.
   * @returns its version
   * @throws HubError `invalid_request` (too long, or not sent yet)
   */
  async join(tx: Tx, row: PushRow, change: Change): Promise<number> {
    const { clock, retireButtons } = this.#ports;
    checkChange(row, change);
    tx.afterCommit(() => {
      this.#joined++;
      this.#chats.add(row.chat_id);
    });
    return keepChange(tx, row, change, { isUnderWay: this.#underWay.has(row.id), retireButtons, now: clock.now() });
  }

  /** A change may wait in the chat, as another hub says. */
  noticed(chatId: number): void {
    this.#chats.add(chatId);
  }

  /** The chat's next change that may be tried now. */
  async head(chatId: number): Promise<ChangeRow | undefined> {
    if (!this.#chats.has(chatId)) return undefined;
    const { db, clock } = this.#ports;
    const now = clock.now();
    const joined = this.#joined;
    const changes = await db.query(changesOfChat, { chatId, limit: LOOK_AT });
    const [first] = changes;
    const mayBeBehind = this.#asking.has(chatId) || joined !== this.#joined;
    if (first === undefined && !mayBeBehind) this.#chats.delete(chatId);
    const ready = changes.find((change) => change.not_before <= now);
    if (ready === undefined && first !== undefined) {
      this.#lookAgain(first, Math.min(...changes.map((change) => change.not_before)) - now);
    }
    return ready;
  }

  /** Asks Telegram for a change, and keeps what it said. */
  async perform(change: ChangeRow): Promise<void> {
    const { db, clock, changer, aheadMs } = this.#ports;
    const [row] = await db.query(pushById, { id: change.push_id });
    if (row === undefined || row.telegram_message_id === null) {
      return this.#refuse(change, row, new HubError('not_found', 'The message was deleted meanwhile.'));
    }
    const isOutlived = clock.now() - change.asked_at > GIVE_UP_AFTER_MS + aheadMs(GIVE_UP_AFTER_MS);
    if (isOutlived) return this.#refuse(change, row, unreachableChange('7 days'));
    this.#underWay.add(row.id);
    try {
      const { next, alternatives, buttonsOnly } = changedMessage(row, change);
      const outcome = await (change.deletes === 1
        ? changer.delete(row)
        : buttonsOnly
          ? changer.editButtons(next)
          : changer.edit(next, alternatives));
      await this.#settle(change, row, next, outcome);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'invalid_request') throw error;
      await this.#refuse(change, row, error);
    } finally {
      this.#underWay.delete(row.id);
    }
  }

  /** Releases all callers; what waits is done by the next process. */
  end(): void {
    this.waiters.end();
    for (const cancel of this.#later.values()) cancel();
    this.#later.clear();
  }

  async #settle(change: ChangeRow, row: PushRow, next: PushRow, outcome: ChangeOutcome): Promise<void> {
    const { sendPause, queue } = this.#state;
    const { chat_id: chatId } = change;
    if (outcome.kind === 'changed') {
      sendPause.reached();
      sendPause.passed(chatId);
      return this.#changed(change, row, { ...next, text: outcome.text ?? next.text }, outcome.asPlain);
    }
    const unsure = change.attempts + 1;
    const verdict = verdictOf(outcome, unsure, true);
    if (verdict.kind !== 'outage') sendPause.reached();
    switch (verdict.kind) {
      case 'outage':
        return this.#again(change, sendPause.outage(), 0);
      case 'limited': {
        const waitMs = verdict.waitMs + this.#ports.random() * JITTER_MS;
        sendPause.limited(chatId, this.#ports.random());
        queue.pause(chatId, this.#ports.clock.elapsed() + waitMs);
        return this.#again(change, waitMs, 0);
      }
      case 'again':
        return this.#again(change, verdict.waitMs, 1);
      case 'settled':
        if (outcome.kind === 'refused') {
          sendPause.passed(chatId);
          return this.#refuse(change, row, refusedChange(outcome, row, change, this.#ports.clock.now()));
        }
        sendPause.doubt(chatId);
        if (unsure < MAX_UNSURE) return this.#again(change, backoff(unsure), 1);
        return this.#refuse(change, row, unreachableChange(verdict.error));
      case 'moved':
        throw new Error('A change follows no group.');
      default:
        return verdict satisfies never;
    }
  }

  async #again(change: ChangeRow, waitMs: number, unsure: number): Promise<void> {
    const { push_id: pushId } = change;
    const notBefore = Math.ceil(this.#ports.clock.now() + waitMs);
    await this.#state.write((tx) => tx.run(postponeChange, { pushId, notBefore, unsure }).then(() => {}));
    this.waiters.postponed(pushId, notBefore);
  }

  async #changed(change: ChangeRow, row: PushRow, next: PushRow, asPlain: boolean): Promise<void> {
    const { retireButtons } = this.#ports;
    const { push_id: pushId, version } = change;
    const plain = change.text === null && change.addition === null ? row.sent_as_plain : Number(asPlain);
    let edited: PushRow | undefined = row;
    await this.#state.write(async (tx) => {
      await tx.run(endChange, { pushId, version });
      if (change.deletes === 1) return;
      if (change.markup !== null && change.drops_buttons === 1) await retireButtons(tx, tokensOf(row.reply_markup));
      const { text, parse_mode: parseMode, reply_markup: markup } = next;
      [edited] = await tx.run(editedPush, { id: pushId, chatId: row.chat_id, text, parseMode, plain, markup });
      tx.changed('push', pushId);
    });
    const gone = () => new HubError('not_found', 'The message was deleted meanwhile.');
    this.waiters.tell(pushId, version, edited ?? gone());
  }

  /** The person never sees it. Where no caller hears why, the message says so. */
  async #refuse(change: ChangeRow, row: PushRow | undefined, fault: HubError): Promise<void> {
    const { push_id: pushId, version, markup, attempts } = change;
    const isHeard = this.waiters.isAwaited(pushId, version);
    await this.#state.write(async (tx) => {
      await endRefused(tx, change);
      // After a try of unknown fate the person may see them.
      if (attempts === 0 && fault.code !== 'unavailable') await this.#ports.retireButtons(tx, tokensOf(markup));
      if (row === undefined || isHeard) return;
      await tellUnheard(tx, row, change, fault, this.#ports.clock.now());
    });
    this.waiters.tell(pushId, version, fault);
  }

  #lookAgain({ chat_id: chatId, tpv_id: tpvId }: ChangeRow, ms: number): void {
    this.#later.get(chatId)?.();
    const cancel = this.#ports.clock.after(ms, () => {
      this.#later.delete(chatId);
      this.#state.wake(chatId, tpvId);
    });
    this.#later.set(chatId, cancel);
  }
}
