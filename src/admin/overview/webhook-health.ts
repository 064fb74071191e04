import type { Cancel, Clock } from '../../clock.ts';
import { HubError } from '../../errors.ts';
import { SPANISH } from '../../wording/wording.ts';

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
  code: 'unset' | 'elsewhere' | 'failing' | 'backlog' | 'missing_kinds' | 'unwanted';
  sentence: string;
}

/** Telegram's side of the webhook. */
export interface WebhookPort {
  readonly mode: 'webhook' | 'polling';
  /** The URL to which Telegram should deliver. */
  readonly expectedUrl: string | undefined;
  /** @throws HubError `telegram_error` */
  read(): Promise<{ info: TelegramWebhook; problems: WebhookProblem[] }>;
  /** Why no updates come to a hub that polls, and since when, in milliseconds. */
  pollingTrouble(): { since: number; sentence: string } | undefined;
}

/** What keeps the updates from the hub; alarms have these codes. */
export const UPDATE_FAULTS = ['webhook_elsewhere', 'webhook_broken', 'polling_broken'] as const;
export type UpdateFault = (typeof UPDATE_FAULTS)[number];

/** How updates come: what Telegram said of the webhook when it was asked last, and how polling goes now. */
export interface WebhookHealth {
  state: 'ok' | 'broken' | 'unknown';
  /** What it is, unless the state is `ok`; `webhook_elsewhere`: updates go to another program, or to none. */
  fault: UpdateFault;
  checkedAt: number | undefined;
  /** Since when it has been like that, in milliseconds. */
  since: number | undefined;
  problems: readonly string[];
  info: TelegramWebhook | undefined;
}

/** Faults by which updates go to another program, or to none. */
const AWAY: ReadonlySet<WebhookProblem['code']> = new Set(['unset', 'elsewhere', 'unwanted']);

const CHECK_INTERVAL_MS = 5 * 60_000;
/** The hub itself sets the webhook when it starts: it has this long for it. */
const FIRST_CHECK_MS = 10_000;

/** Asks Telegram now and then how the webhook is, so that a page that shows it does not wait for Telegram. */
export class WebhookWatch {
  readonly #port: WebhookPort;
  readonly #clock: Clock;
  readonly #cancels: Cancel[];
  readonly #onFault: (error: unknown) => void;
  #checking: Promise<WebhookHealth> | undefined;
  #last: WebhookHealth = {
    state: 'unknown',
    fault: 'webhook_broken',
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

  get last(): WebhookHealth {
    const trouble = this.#port.pollingTrouble();
    if (trouble === undefined) return this.#last;
    const { since, sentence } = trouble;
    const { state, problems, info } = this.#last;
    return {
      state: 'broken',
      fault: 'polling_broken',
      checkedAt: this.#clock.now(),
      since,
      problems: state === 'broken' ? [sentence, ...problems] : [sentence],
      info,
    };
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
    const same = health.state === this.#last.state && health.fault === this.#last.fault;
    this.#last = { ...health, checkedAt: now, since: same ? (this.#last.since ?? now) : now };
    return this.last;
  }

  async #read(): Promise<Pick<WebhookHealth, 'state' | 'fault' | 'problems' | 'info'>> {
    const broken = this.#port.mode === 'polling' ? 'polling_broken' : 'webhook_broken';
    try {
      const { info, problems: found } = await this.#port.read();
      return {
        state: found.length === 0 ? 'ok' : 'broken',
        fault: found.some(({ code }) => AWAY.has(code)) ? 'webhook_elsewhere' : broken,
        problems: found.map(({ sentence }) => sentence),
        info,
      };
    } catch (error) {
      if (!(error instanceof HubError)) this.#onFault(error);
      const reason = error instanceof HubError ? error.reason(SPANISH.words) : 'error interno';
      const problems = [`No se ha podido preguntar a Telegram: ${reason}`];
      return { state: 'unknown', fault: broken, problems, info: undefined };
    }
  }
}
