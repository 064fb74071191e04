import { Counter, Histogram, type Registry } from 'prom-client';

/** How a request to Telegram went: `rate_limited` is its 429, `no_answer` a cut or a timeout. */
export type TelegramOutcome = 'ok' | 'rate_limited' | 'refused' | 'fault' | 'no_answer';

/** What goes out: messages, requests to Telegram, calls of TPVs' URLs. */
export interface OutboundMetrics {
  pushed(status: 'sent' | 'failed' | 'unknown', ms: number): void;
  /** @param method of the Bot API */
  asked(method: string, outcome: TelegramOutcome, ms: number): void;
  /** @param reason why it failed or was refused; empty if the TPV answered */
  called(outcome: 'accepted' | 'declined' | 'refused' | 'failed', reason: string, ms: number): void;
}

export function outboundMetrics(register: Registry): OutboundMetrics {
  const registers = [register];
  const pushes = new Counter({
    name: 'hub_pushes_total',
    help: 'Messages to persons that were settled, by how; unknown: they left, and no answer came',
    labelNames: ['status'],
    registers,
  });
  const pushSeconds = new Histogram({
    name: 'hub_push_seconds',
    help: 'From a message’s commit to Telegram’s taking it',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
    registers,
  });
  // An alert must see the first one, so they are there from the start.
  for (const status of ['sent', 'failed', 'unknown']) pushes.labels(status).inc(0);
  const requests = new Histogram({
    name: 'hub_telegram_request_seconds',
    help: 'Requests to the Bot API by method and outcome',
    labelNames: ['method', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90],
    registers,
  });
  const limited = new Counter({
    name: 'hub_telegram_rate_limited_total',
    help: 'Answers 429 of the Bot API',
    registers,
  });
  const calls = new Histogram({
    name: 'hub_callback_call_seconds',
    help: 'Calls of TPVs’ URLs because of a press, by outcome and reason',
    labelNames: ['outcome', 'reason'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    pushed(status, ms) {
      pushes.labels(status).inc();
      if (status === 'sent') pushSeconds.observe(ms / 1_000);
    },
    asked(method, outcome, ms) {
      requests.labels(method, outcome).observe(ms / 1_000);
      if (outcome === 'rate_limited') limited.inc();
    },
    called(outcome, reason, ms) {
      calls.labels(outcome, reason).observe(ms / 1_000);
    },
  };
}
