import type { Clock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { markUnreachable, personKey } from '../users/user.ts';
import { WRITTEN } from '../wording/written.ts';
import { postponeFenced, sendAgainFenced, settleFenced } from './fenced-push-store.ts';
import { type PushRow, uploadOf } from './message.ts';
import type { PatientWrite } from './patient-write.ts';
import { keepSentFile, moveChat, postponePush, type Settled, sendAgain, settlePush } from './push-store.ts';
import type { ChatQueue } from './queue.ts';
import { leavesFileToHub, type RemoteFiles } from './remote-files.ts';
import type { SendPause } from './send-pause.ts';
import type { SendOutcome } from './send-port.ts';
import type { UploadStore } from './uploads.ts';
import { backoff, type Verdict, verdictOf } from './verdict.ts';
import type { Waiters } from './waiters.ts';

export interface SettlementPorts {
  db: Database;
  cluster: Pick<Cluster, 'isShared' | 'fenced'>;
  clock: Clock;
  /** By how much the clock was set ahead within so long: messages seem to have waited that much longer. */
  aheadMs(withinMs: number): number;
  /** A file goes once it was sent. */
  uploads: Pick<UploadStore, 'remove'>;
  /** Spreads what would otherwise come back all at once; 0..1. */
  random(): number;
  onFault(error: unknown): void;
}

/** What a try changes in this process, besides its row. */
export interface DispatchState {
  queue: Pick<ChatQueue, 'pause'>;
  sendPause: SendPause;
  waiters: Waiters;
  files: Pick<RemoteFiles, 'needed'>;
}

type End = Pick<Extract<Verdict, { kind: 'settled' }>, 'status' | 'error' | 'unreachablePerson'>;

/** A message that could not be delivered for a week is given up (docs/reliability.md, "Outbound"). */
export const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000;
/** A message that may have arrived goes so often once more; then a person decides. */
export const MAX_SENT_AGAIN = 4;
/** On top of what Telegram asks for. */
export const JITTER_MS = 500;

const GIVEN_UP: End = { status: 'failed', error: WRITTEN.givenUp.es, unreachablePerson: false };

/** Writes down what became of each try: it is over, it waits for another one, or it goes to the group's new id. */
export class Settlement {
  readonly #ports: SettlementPorts;
  readonly #state: DispatchState;
  /** Messages that already followed a group to its new id. */
  readonly #moved = new Set<string>();
  readonly #write: PatientWrite;

  constructor(ports: SettlementPorts, state: DispatchState, write: PatientWrite) {
    this.#ports = ports;
    this.#state = state;
    this.#write = write;
  }

  /**
   * Keeps what Telegram said.
   * @returns whether the message waits for another try
   */
  async keep(row: PushRow, outcome: SendOutcome): Promise<boolean> {
    const { sendPause } = this.#state;
    const verdict = verdictOf(outcome, row.attempts, this.#moved.has(row.id));
    const isAsked = outcome.kind !== 'impossible' && outcome.kind !== 'later';
    if (isAsked && verdict.kind !== 'outage') sendPause.reached();
    if (leavesFileToHub(row, outcome)) return this.#fetchFirst(row, verdict.error);
    switch (verdict.kind) {
      case 'settled':
        if (verdict.status === 'unknown') {
          sendPause.doubt(row.chat_id);
          if (await this.#onceMore(row, verdict.error)) return true;
        }
        if (verdict.status !== 'unknown' && isAsked) sendPause.passed(row.chat_id);
        return this.#end(row, outcome, verdict);
      case 'again':
        return this.#again(row, outcome, verdict.waitMs, verdict.error);
      case 'limited': {
        const waitMs = verdict.waitMs + this.#ports.random() * JITTER_MS;
        sendPause.limited(row.chat_id, this.#ports.random());
        return this.#again(row, outcome, waitMs, verdict.error);
      }
      case 'outage':
        return this.#again(row, outcome, sendPause.outage(), verdict.error);
      case 'moved':
        sendPause.passed(row.chat_id);
        return this.#follow(row, verdict);
      default:
        return verdict satisfies never;
    }
  }

  /** @returns whether the message has waited for too long, and is over */
  async outlived(row: PushRow): Promise<boolean> {
    if (!this.#isTooOld(row, this.#ports.clock.now())) return false;
    await this.#end(row, undefined, GIVEN_UP);
    return true;
  }

  /** Waits for another try, or gives up after a week. */
  async #again(row: PushRow, outcome: SendOutcome, waitMs: number, error: string): Promise<boolean> {
    const { clock } = this.#ports;
    const notBefore = Math.ceil(clock.now() + waitMs);
    if (this.#isTooOld(row, notBefore)) return this.#end(row, outcome, GIVEN_UP);
    this.#state.queue.pause(row.chat_id, clock.elapsed() + waitMs);
    await this.#write(async (tx) => {
      await this.#postpone(tx, row, notBefore, error);
      tx.changed('push', row.id);
    });
    this.#state.waiters.postponed(row.id, notBefore);
    return true;
  }

  async #postpone(tx: Tx, { id, sender_term: term }: PushRow, notBefore: number, error: string): Promise<void> {
    const next = { id, notBefore, error };
    await (this.#isShared ? tx.run(postponeFenced, { ...next, term }) : tx.run(postponePush, next));
  }

  /** Whether another hub may lead meanwhile. */
  get #isShared(): boolean {
    return this.#ports.cluster.isShared;
  }

  #isTooOld(row: PushRow, at: number): boolean {
    return at - row.queued_at > GIVE_UP_AFTER_MS + this.#ports.aheadMs(GIVE_UP_AFTER_MS);
  }

  /** It may have arrived and is to come at least once: it goes again, unless its person has it, as a press showed. */
  async #onceMore(row: PushRow, error: string): Promise<boolean> {
    if (row.if_unknown !== 'resend' || row.sent_again >= MAX_SENT_AGAIN) return false;
    const { clock } = this.#ports;
    const waitMs = backoff(row.sent_again + 1);
    const notBefore = Math.ceil(clock.now() + waitMs);
    let again = false;
    await this.#write(async (tx) => {
      const next = { id: row.id, notBefore, error };
      const waits = await (this.#isShared
        ? tx.run(sendAgainFenced, { ...next, term: row.sender_term })
        : tx.run(sendAgain, next));
      again = waits.length > 0;
      tx.changed('push', row.id);
    });
    if (!again) return false;
    this.#state.queue.pause(row.chat_id, clock.elapsed() + waitMs);
    this.#state.waiters.postponed(row.id, notBefore);
    return true;
  }

  /** Telegram does not fetch its file: the hub does, and the message keeps its place. */
  async #fetchFirst(row: PushRow, error: string): Promise<boolean> {
    this.#state.sendPause.passed(row.chat_id);
    await this.#write(async (tx) => {
      await this.#postpone(tx, row, this.#ports.clock.now(), error);
    });
    this.#state.files.needed(row);
    return true;
  }

  async #follow(row: PushRow, { to, error }: Extract<Verdict, { kind: 'moved' }>): Promise<boolean> {
    const { clock } = this.#ports;
    this.#moved.add(row.id);
    await this.#write(async (tx) => {
      await this.#postpone(tx, row, clock.now(), error);
      await tx.run(moveChat, { from: row.chat_id, to });
      tx.emit({ type: 'push.queued', chatId: to, tpvId: row.tpv_id });
    });
    return false;
  }

  async #end(row: PushRow, outcome: SendOutcome | undefined, end: End): Promise<boolean> {
    const { clock, uploads, onFault } = this.#ports;
    const { id, tpv_id: tpvId, idempotency_key: idempotencyKey, attempts } = row;
    const { status } = end;
    this.#moved.delete(row.id);
    const settle = async (tx: Tx) => {
      const settled: Settled = {
        id,
        status,
        messageId: outcome?.kind === 'sent' ? outcome.messageId : null,
        code: outcome?.kind === 'refused' ? outcome.code : null,
        error: end.error,
        plain: outcome?.kind === 'sent' && outcome.asPlain ? 1 : 0,
        sentAt: outcome?.kind === 'sent' ? clock.now() : null,
      };
      if (this.#isShared) {
        // A later leader has decided on it, and said so.
        if ((await tx.write(settleFenced, { ...settled, term: row.sender_term })) === 0) {
          tx.afterCommit(() => this.#ports.cluster.fenced('settle'));
          return;
        }
      } else await tx.run(settlePush, settled);
      if (outcome?.kind === 'sent' && outcome.fileId !== undefined) {
        await tx.run(keepSentFile, { id, data: jsonText({ ...parseJson(row.data), sent_file_id: outcome.fileId }) });
      }
      if (end.unreachablePerson) {
        await tx.run(markUnreachable, { telegramId: row.chat_id });
        tx.changed('user', String(row.chat_id));
      }
      const ms = clock.now() - row.queued_at;
      tx.emit({ type: 'push.settled', id, tpvId, status, idempotencyKey, attempts, ms });
      tx.changed('push', id);
    };
    await this.#write(settle, { key: personKey(row.chat_id) });
    this.#state.waiters.release(id);
    const file = outcome?.kind === 'sent' ? uploadOf(row) : undefined;
    if (file !== undefined) uploads.remove(file).catch(onFault);
    return false;
  }
}
