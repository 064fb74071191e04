import type { Selectable } from 'kysely';
import { isFinal } from '#protocol';
import type { CallOutcome, CallRequest } from '../callbacks/guarded-call.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Database, HOUSEKEEPING } from '../db/open.ts';
import type { ParseMode, PressTable } from '../db/push-tables.ts';
import type { EventSource } from '../events.ts';
import { instructionById } from '../instructions/instruction-store.ts';
import type { ChangeLane } from '../push/change-lane.ts';
import { enqueue, hubSentence } from '../push/enqueue.ts';
import type { HubPressAnswer } from '../push/hub-button.ts';
import { waysOfUser } from '../users/user.ts';
import { appendToPush } from './append.ts';
import { adoptPresses, endedAmong, openPresses, pressAnswered, settleButtons, settlePress } from './button-store.ts';
import type { Press, PressOutcome } from './press.ts';
import { type PressTexts, type PressView, reportedView, viewOf } from './press-view.ts';

export interface AnswerPorts {
  db: Database;
  cluster: Pick<Cluster, 'isShared' | 'id' | 'term'>;
  clock: Clock;
  events: EventSource;
  changes: Pick<ChangeLane, 'ask'>;
  telegram: {
    /** Shows a text over the chat and ends the spinner on a button; never rejects. False: the person did not see it. */
    answerPress(queryId: string, text: string, alert: boolean): Promise<boolean>;
  };
  call(request: CallRequest): Promise<CallOutcome>;
  texts: { of(languageCode: string): { press: PressTexts } };
  onFault(error: unknown): void;
}

/** A person looks at a spinner for this long, and no longer (docs/rest.md, Buttons). */
const PATIENCE_MS = 10_000;
/** The longest text that Telegram shows over a chat. */
const MAX_ANSWER_LENGTH = 200;

/** A press whose person has not seen its end yet. */
interface OpenPress {
  queryId: string;
  userId: number;
  /** In the person's language. */
  texts: PressTexts;
  /** Whether the button still spins: then its answer is shown over the chat, and otherwise it comes as a message. */
  spinning: boolean;
  /** The instruction that the press became, if it did. */
  instructionId?: string;
}

interface Waiting {
  press: OpenPress;
  cancel: Cancel;
}

/** Brings every press to its end: what its TPV or its URL said is shown to the person who pressed. */
export class Answers {
  readonly #ports: AnswerPorts;
  /** Every later press is this process's own. */
  readonly #madeAt: number;
  /** Presses that wait for a report, by their instruction. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(ports: AnswerPorts) {
    this.#ports = ports;
    this.#madeAt = ports.clock.now();
    ports.events.on('instruction.reported', ({ id, status }) => {
      if (isFinal(status)) this.#ended(id);
    });
    ports.events.on('instruction.unanswered', ({ id }) => this.#ended(id));
    ports.events.on('instruction.revoked', ({ id, reason }) => {
      if (reason === 'cancelled') this.#ended(id);
    });
  }

  /** Goes on with the presses that the last process left open. */
  async start(): Promise<void> {
    const { db, cluster } = this.#ports;
    if (cluster.isShared) return;
    for (const row of await db.query(openPresses, { until: this.#madeAt })) await this.#resume(row);
  }

  /**
   * Once a second, where several hubs share the database: shows what TPVs reported at another hub, and goes on with the
   * presses of hubs that are gone.
   */
  async look(): Promise<void> {
    const { db, cluster } = this.#ports;
    if (this.#waiting.size > 0) {
      const ids = JSON.stringify([...this.#waiting.keys()]);
      for (const { id } of await db.query(endedAmong, { ids })) this.#ended(id);
    }
    if (cluster.term('chores') === undefined) return;
    for (const row of await db.transact((tx) => tx.run(adoptPresses, { hubId: cluster.id }), HOUSEKEEPING))
      await this.#resume(row);
  }

  /** The other hubs took this one for dead: one of them shows how its presses went. */
  leave(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  async #resume(row: Selectable<PressTable> & { language_code: string | null }): Promise<void> {
    const { db, clock } = this.#ports;
    const { query_id: queryId, telegram_user_id: userId, instruction_id: instructionId } = row;
    const texts = this.#textsOf(row.language_code ?? '');
    const press = { queryId, userId, texts, spinning: row.answered_at === null };
    if (instructionId === null) {
      // The URL may have been called or not; the person decides whether to press again.
      this.#do(() => this.#show(press, undefined, { text: texts.failed, alert: true }));
    } else if (!this.#waiting.has(instructionId)) {
      this.#wait(instructionId, press, Math.min(PATIENCE_MS, row.pressed_at + PATIENCE_MS - clock.now()));
      const [instruction] = await db.query(instructionById, { id: instructionId });
      if (instruction === undefined || isFinal(instruction.status)) this.#ended(instructionId);
    }
  }

  /** A press was committed; what it asks for begins. */
  pressed({ queryId, telegramUserId: userId, languageCode }: Press, outcome: PressOutcome): void {
    const { telegram } = this.#ports;
    const texts = this.#textsOf(languageCode);
    const press = { queryId, userId, texts, spinning: true };
    switch (outcome.kind) {
      case 'repeated':
        this.#do(async () => {
          await telegram.answerPress(queryId, '', false);
        });
        return;
      case 'expired':
        this.#do(async () => {
          const { legacyPushId } = outcome;
          await telegram.answerPress(queryId, legacyPushId === undefined ? texts.expired : texts.legacyExpired, true);
          if (legacyPushId !== undefined) await appendToPush(this.#ports, legacyPushId, texts.legacyExpiredNote);
        });
        return;
      case 'forbidden':
        this.#do(async () => {
          await telegram.answerPress(queryId, texts.notAllowed, true);
        });
        return;
      case 'instruction':
        this.#wait(outcome.instructionId, press, PATIENCE_MS);
        return;
      case 'call':
        this.#do(() => this.#call(press, outcome));
        return;
      default:
        outcome satisfies never;
    }
  }

  /** A press on a button of the hub's own was committed: the person sees what came of it. */
  hubButton(queryId: string, { text, alert = false }: HubPressAnswer): void {
    this.#do(async () => {
      await this.#ports.telegram.answerPress(queryId, text, alert);
    });
  }

  /** Resolves when every answer under way was given. */
  async idle(): Promise<void> {
    for (const { cancel } of this.#waiting.values()) cancel();
    await Promise.all(this.#underWay);
  }

  #textsOf(languageCode: string): PressTexts {
    return this.#ports.texts.of(languageCode).press;
  }

  #do(job: () => Promise<void>): void {
    const done: Promise<void> = job()
      .catch((error) => this.#ports.onFault(error))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  #wait(instructionId: string, press: OpenPress, patienceMs: number): void {
    const { db, clock, telegram } = this.#ports;
    const stopSpinner = () => {
      press.spinning = false;
      this.#do(async () => {
        await telegram.answerPress(press.queryId, press.texts.processing, false);
        await db.transact((tx) => tx.run(pressAnswered, { queryId: press.queryId, now: clock.now() }));
      });
    };
    const cancel = press.spinning ? clock.after(Math.max(0, patienceMs), stopSpinner) : () => {};
    this.#waiting.set(instructionId, { press, cancel });
  }

  /** The instruction of a press is final: the press leaves those that wait, and its person sees how it went. */
  #ended(instructionId: string): void {
    const waiting = this.#waiting.get(instructionId);
    if (waiting === undefined) return;
    this.#waiting.delete(instructionId);
    waiting.cancel();
    this.#do(() => this.#reported(instructionId, waiting.press));
  }

  async #reported(instructionId: string, waiting: OpenPress): Promise<void> {
    const press = { ...waiting, instructionId };
    const { db } = this.#ports;
    const [row] = await db.query(instructionById, { id: instructionId });
    const { pushId, view } = reportedView(press.texts, row);
    await this.#show(press, pushId, view);
  }

  async #call(press: OpenPress, outcome: Extract<PressOutcome, { kind: 'call' }>): Promise<void> {
    const { db, clock, call } = this.#ports;
    const answer = await call(outcome.request);
    const { pushId } = outcome;
    const succeeded = answer.kind === 'answered' && answer.success;
    if (succeeded && outcome.legacy && pushId !== undefined) {
      await db.transact((tx) => tx.run(settleButtons, { pushId, now: clock.now() }));
    }
    await this.#show(press, pushId, viewOf(press.texts, answer, outcome.legacy));
  }

  /**
   * Shows how it went: over the chat, or as a message if the spinner ended already, the text is long, or Telegram
   * did not take it. A crash on the way shows it again: it is settled only after it was shown.
   */
  async #show(
    press: OpenPress,
    pushId: string | undefined,
    { text, alert = false, newText }: PressView,
  ): Promise<void> {
    const { db, clock, telegram } = this.#ports;
    const { queryId, userId, instructionId } = press;
    const because = instructionId === undefined ? {} : { because: instructionId };
    const short = text.length <= MAX_ANSWER_LENGTH;
    const shown = press.spinning && (await telegram.answerPress(queryId, short ? text : '', alert)) && short;
    const messages: { text: string; parseMode: ParseMode }[] = shown ? [] : [{ text, parseMode: 'none' }];
    if (newText !== undefined) {
      const appended = await appendToPush(this.#ports, pushId, newText);
      if (appended.kind === 'refused') messages.push({ text: newText, parseMode: appended.parseMode });
    }
    await db.transact(async (tx) => {
      const [settled] = await tx.run(settlePress, { queryId, now: clock.now() });
      if (settled === undefined) return;
      if (pushId !== undefined) tx.changed('push', pushId);
      for (const { text: said, parseMode } of messages) {
        if (said.trim() === '') continue;
        const [person] = await tx.run(waysOfUser, { telegramId: userId });
        const sentence = hubSentence(userId, said, { topic: person?.topic_id });
        await enqueue(tx, { ...sentence, ...because, parseMode }, clock.now());
      }
    });
  }
}
