import type { Clock } from '../clock.ts';
import { backoff } from './verdict.ts';

/** Two chats that are limited within this long mean that the whole bot may be. */
const SHARED_LIMIT_MS = 2_000;
/** The whole bot then rests for this long, and up to twice as long. */
const SHARED_REST_MS = 1_000;
/** Telegram is asked once in this long whether it works again. */
const PROBE_MS = 1_000;
/** No pause is longer than the time after which a message is given up. */
const LONGEST_MS = 7 * 24 * 3_600_000;

/** `open`: everybody may leave. `closed`: a probe is due. `one`: one message may. Else this chat's is under way alone. */
type Gate = 'open' | 'closed' | 'one' | { trial: number };

/**
 * What keeps every chat waiting: an outage, a database that fails; and the doubt whether messages arrive, or are all
 * limited. After an outage or a doubt Telegram is probed, then one message goes alone, and once that got through all of
 * them go: an outage costs what was under way when it began, and not the queue.
 */
export class SendPause {
  readonly #clock: Pick<Clock, 'elapsed'>;
  #until = 0;
  #outages = 0;
  #doubts = 0;
  #limited: { chatId: number; at: number } | undefined;
  #gate: Gate = 'open';
  #change = Promise.withResolvers<void>();

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock;
  }

  /** Nothing may leave before, by the clock's `elapsed`. */
  get until(): number {
    return this.#until;
  }

  /** Nothing may leave before a probe, which is due at `until`. */
  get closed(): boolean {
    return this.#gate === 'closed';
  }

  /** Resolves when another message may leave than before, or at the end. */
  changed(): Promise<void> {
    return this.#change.promise;
  }

  end(): void {
    this.#change.resolve();
  }

  /** @returns whether this chat's message may leave now; where only one may, it is this one */
  leaves(chatId: number): boolean {
    if (this.#gate === 'one') this.#turn({ trial: chatId });
    else return this.#gate === 'open';
    return true;
  }

  hold(ms: number): void {
    this.#until = Math.max(this.#until, this.#clock.elapsed() + Math.min(ms, LONGEST_MS));
  }

  /** How the probe went. Where nothing got through before, the next one waits longer each time. */
  probed(works: boolean): void {
    if (works) this.#turn('one');
    else this.hold(this.#outages === 0 ? PROBE_MS : backoff(++this.#outages));
  }

  /** Telegram took this chat's message, or said why it does not. */
  passed(chatId: number): void {
    if (!this.#tries(chatId)) return;
    this.#doubts = 0;
    this.#turn('open');
  }

  /** This chat's message did not leave after all: the next one is the one that goes alone. */
  unused(chatId: number): void {
    if (this.#tries(chatId)) this.#turn('one');
  }

  /** This chat's message may have arrived. What was under way together is in doubt together, and counts once. */
  doubt(chatId: number): void {
    if (this.#gate === 'open' || this.#tries(chatId)) this.#close(backoff(++this.#doubts));
  }

  /**
   * Telegram told this chat to wait. That is for the chat alone; where another one was told so just now, the whole bot
   * may be limited.
   * @param random 0..1
   */
  limited(chatId: number, random: number): void {
    const before = this.#limited;
    const at = this.#clock.elapsed();
    this.#limited = { chatId, at };
    const isShared = before !== undefined && before.chatId !== chatId && at - before.at < SHARED_LIMIT_MS;
    if (this.#tries(chatId) || (this.#gate === 'open' && isShared)) this.#close(SHARED_REST_MS * (1 + random));
  }

  /**
   * Nothing got through, and only a probe is tried from now on: a message that is not under way can't be lost. What was
   * under way together fails together, and counts once.
   * @returns how long all of them wait
   */
  outage(): number {
    if (this.#clock.elapsed() >= this.#until) this.#outages++;
    const ms = backoff(this.#outages);
    this.#close(ms);
    return ms;
  }

  /** Telegram answered. */
  reached(): void {
    this.#outages = 0;
  }

  #tries(chatId: number): boolean {
    return typeof this.#gate === 'object' && this.#gate.trial === chatId;
  }

  #close(ms: number): void {
    this.hold(ms);
    this.#turn('closed');
  }

  #turn(gate: Gate): void {
    this.#gate = gate;
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }
}
