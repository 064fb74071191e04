import type { Cancel, Clock } from '../../clock.ts';
import { HubError } from '../../errors.ts';

/** Telegram's getWebhookInfo, as far as it is shown. */
export interface TelegramWebhook {
  url?: string;
  pending_update_count: number;
  last_error_date?: number;
  last_error_message?: string;
  ip_address?: string;
  allowed_updates?: readonly string[];
  max_connections?: number;
}

/** What is wrong with a webhook, and the sentence that says so. */
export interface WebhookProblem {
  code: 'unset' | 'elsewhere' | 'failing' | 'backlog' | 'missing_kinds';
  /** When it happened, if it is one event. */
  at?: number | undefined;
  sentence: string;
}

/** Telegram's side of the webhook. */
export interface WebhookPort {
  readonly mode: 'webhook' | 'polling';
  /** The URL to which Telegram should deliver. */
  readonly expectedUrl: string | undefined;
  /** @throws HubError `telegram_error` */
  read(): Promise<{ info: TelegramWebhook; problems: WebhookProblem[] }>;
}

/** How the webhook was when Telegram was asked last. */
export interface WebhookHealth {
  state: 'ok' | 'broken' | 'unknown';
  /** Updates go to another program, or to none. */
  elsewhere: boolean;
  checkedAt: number | undefined;
  /** Since when it has been like that, in milliseconds. */
  since: number | undefined;
  problems: readonly string[];
  info: TelegramWebhook | undefined;
}

const CHECK_INTERVAL_MS = 5 * 60_000;
/** The hub itself sets the webhook when it starts: it has this long for it. */
const FIRST_CHECK_MS = 10_000;
/** Telegram goes on telling of its last failure, long after the next update came through. */
const FAILURE_COUNTS_MS = 10 * 60_000;

/** Asks Telegram now and then how the webhook is, so that a page that shows it does not wait for Telegram. */
export class WebhookWatch {
  readonly #port: WebhookPort;
  readonly #clock: Clock;
  readonly #cancels: Cancel[];
  readonly #onFault: (error: unknown) => void;
  #checking: Promise<WebhookHealth> | undefined;
  last: WebhookHealth = {
    state: 'unknown',
    elsewhere: false,
    checkedAt: undefined,
    since: undefined,
    problems: [],
    info: undefined,
  };

  constructor(port: WebhookPort, clock: Clock, onFault: (error: unknown) => void) {
    this.#onFault = onFault;
    this.#port = port;
    this.#clock = clock;
    const check = () => void this.check();
    this.#cancels = [clock.after(FIRST_CHECK_MS, check), clock.every(CHECK_INTERVAL_MS, check)];
  }

  /** Asks now; calls at the same time share one answer. Never rejects. */
  check(): Promise<WebhookHealth> {
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }

  async #ask(): Promise<WebhookHealth> {
    const health = await this.#read();
    const now = this.#clock.now();
    const same = health.state === this.last.state && health.elsewhere === this.last.elsewhere;
    this.last = { ...health, checkedAt: now, since: same ? (this.last.since ?? now) : now };
    return this.last;
  }

  async #read(): Promise<Pick<WebhookHealth, 'state' | 'elsewhere' | 'problems' | 'info'>> {
    try {
      const { info, problems } = await this.#port.read();
      const found = this.#port.mode === 'polling' ? problemsOfPolling(info) : this.#recent(problems);
      return {
        state: found.length === 0 ? 'ok' : 'broken',
        elsewhere: found.some(({ code }) => code === 'unset' || code === 'elsewhere'),
        problems: found.map(({ sentence }) => sentence),
        info,
      };
    } catch (error) {
      if (!(error instanceof HubError)) this.#onFault(error);
      const reason = error instanceof HubError ? (error.details?.[0]?.message ?? error.sentence) : 'error interno';
      const problems = [`No se ha podido preguntar a Telegram: ${reason}`];
      return { state: 'unknown', elsewhere: false, problems, info: undefined };
    }
  }

  #recent(problems: readonly WebhookProblem[]): WebhookProblem[] {
    const since = this.#clock.now() - FAILURE_COUNTS_MS;
    return problems.filter(({ code, at }) => code !== 'failing' || at === undefined || at > since);
  }
}

/** If the hub polls, a webhook keeps the updates from it. */
function problemsOfPolling(info: TelegramWebhook): WebhookProblem[] {
  if (info.url === undefined || info.url === '') return [];
  const sentence = `El hub pregunta a Telegram por las actualizaciones, pero Telegram las entrega en ${info.url}: borra el webhook.`;
  return [{ code: 'elsewhere', sentence }];
}
