import { type Clock, pause } from '../../clock.ts';
import { HubError } from '../../errors.ts';
import { LANGUAGES, type Language } from '../../languages.ts';
import type { Logger } from '../../log/log.ts';
import { SPANISH } from '../../wording/wording.ts';
import { telegramFault } from '../outbound/api.ts';
import { commandsIn } from '../texts/catalogue.ts';
import { webhookProblem } from './webhook-fault.ts';
import { deleteWebhook, setWebhook, type WebhookSetup, webhookInfo } from './webhook-setup.ts';

const LONGEST_WAIT_MS = 60_000;
const LEADS_LOOK_MS = 1_000;
const LOOK_INTERVAL_MS = 5 * 60_000;

export interface UpkeepOptions {
  setup: WebhookSetup;
  /** The language of people whose own is none of the hub's. */
  locale: Language;
  /** Whether the hub sets the webhook by itself. */
  auto: boolean;
  clock: Clock;
  log: Logger;
  /** Whether this hub is the one that tells Telegram. */
  leads(): boolean;
}

/** Keeps at Telegram what the hub needs there: the webhook, and the bot's commands. */
export class WebhookUpkeep {
  readonly #options: UpkeepOptions;
  readonly #ended = new AbortController();
  /** Whether the hub itself sets a webhook where there is none. */
  #keeps: boolean;
  /** Why Telegram did not take it the last time, in Spanish. */
  #refusal: string | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#keeps = options.auto;
  }

  /** Tells Telegram in the background, again until it is taken; then looks now and then that it is still there. */
  start(): void {
    // Both handle every fault themselves.
    void this.#introduce().then(() => this.#keep());
  }

  stop(): void {
    this.#ended.abort();
  }

  /** @throws HubError as `setWebhook` does */
  async set(url?: string): Promise<string> {
    try {
      const taken = await setWebhook(this.#options.setup, url);
      this.#refusal = undefined;
      this.#keeps = this.#options.auto;
      return taken;
    } catch (error) {
      if (error instanceof HubError) this.#refusal = reasonOf(error);
      throw error;
    }
  }

  /**
   * An administrator does not want any: the hub sets none until its next start.
   * @throws HubError `telegram_error`
   */
  async remove(): Promise<void> {
    this.#keeps = false;
    this.#refusal = undefined;
    await deleteWebhook(this.#options.setup);
  }

  /**
   * What Telegram says of the webhook, and what is wrong with it.
   * @throws HubError `telegram_error`
   */
  async read() {
    const { info, faults } = await webhookInfo(this.#options.setup);
    const problems = faults.map((fault) => ({ code: fault.code, sentence: this.#sentenceOf(webhookProblem(fault)) }));
    return { info, problems };
  }

  #sentenceOf(problem: string): string {
    return this.#refusal === undefined ? problem : `${problem} Al configurarlo: ${this.#refusal}.`;
  }

  async #introduce(): Promise<void> {
    const { clock, log, leads } = this.#options;
    const { signal } = this.#ended;
    while (!leads() && !signal.aborted) await pause(clock, LEADS_LOOK_MS, signal);
    for (let wait = 1_000; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        if (this.#keeps) log.info({ url: await this.set() }, 'Telegram delivers here');
        await this.#setCommands();
        return;
      } catch (error) {
        const fault = error instanceof HubError ? error.message : telegramFault(error).description;
        log.warn({ fault, againInMs: wait }, 'could not set up the webhook and the commands at Telegram; trying again');
        await pause(clock, wait, signal);
      }
    }
  }

  /** Telegram shows a person the commands of their language, and where it has none, those without a language. */
  async #setCommands(): Promise<void> {
    const { setup, locale } = this.#options;
    await setup.api.setMyCommands(commandsIn(locale));
    for (const language of LANGUAGES) {
      if (this.#ended.signal.aborted) return;
      await setup.api.setMyCommands(commandsIn(language), { language_code: language });
    }
  }

  /** Telegram drops a webhook that answered 410 for a day, and another program may delete it. */
  async #keep(): Promise<void> {
    const { setup, clock, log, leads } = this.#options;
    const { signal } = this.#ended;
    while (this.#options.auto && !signal.aborted) {
      await pause(clock, LOOK_INTERVAL_MS, signal);
      if (signal.aborted || !this.#keeps || !leads()) continue;
      try {
        const { faults } = await webhookInfo(setup);
        if (!this.#keeps || !faults.some(({ code }) => code === 'unset')) continue;
        log.warn({ url: await this.set() }, 'Telegram had no webhook any more; it delivers here again');
      } catch (error) {
        const fault = error instanceof HubError ? error.message : telegramFault(error).description;
        log.warn({ fault }, 'could not see to the webhook at Telegram; looking again in five minutes');
      }
    }
  }
}

function reasonOf(error: HubError): string {
  return error.reason(SPANISH.words);
}
