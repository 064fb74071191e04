import type { Api, RawApi } from 'grammy';
import type { Answers } from '../buttons/answers.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import type { HandOut } from '../instructions/submit.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import { startPolling } from '../telegram/inbound/polling.ts';
import { type ReceivePorts, receiveUpdate } from '../telegram/inbound/receive.ts';
import { retryUpdate } from '../telegram/inbound/retry.ts';
import { introduce, type WebhookSetup, webhookUrl } from '../telegram/setup/webhook-setup.ts';
import type { Texts } from '../telegram/texts.ts';
import type { AssignPorts } from '../users/assign.ts';

export interface InboundPorts {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
  api: Api<RawApi>;
  texts: Texts;
  settings: DeliverySettings;
  assigning: AssignPorts;
  handOut: HandOut;
  answers: Pick<Answers, 'pressed'>;
  metrics: Pick<Metrics, 'inbound'>;
  onFault(error: unknown): void;
}

/** Everything that comes from Telegram, by webhook or by polling, until it is committed. */
export interface Inbound {
  /** Where and how Telegram delivers. */
  readonly setup: WebhookSetup;
  /** Takes an update as Telegram sent it; resolves once it is committed. */
  receive(raw: Buffer): ReturnType<typeof receiveUpdate>;
  /** Takes one again that was put aside. */
  retry(seq: number, done: Parameters<typeof retryUpdate>[2]): ReturnType<typeof retryUpdate>;
  /** Tells Telegram where to deliver, or begins to poll. */
  start(): void;
  stop(): Promise<void>;
}

export function createInbound(ports: InboundPorts): Inbound {
  const { config, db, clock, log, api, texts, settings, metrics, onFault } = ports;
  const now = () => clock.now();
  const setup = { api, url: webhookUrl(config), secret: config.TELEGRAM_WEBHOOK_SECRET };
  const receiving: ReceivePorts = {
    db,
    handOut: ports.handOut,
    assigning: ports.assigning,
    texts,
    onPress: (press, outcome) => ports.answers.pressed(press, outcome),
    settings,
    forwardStart: config.FORWARD_START,
    forwardEdits: config.FORWARD_EDITS,
    now,
    onFault,
  };
  const receive = async (raw: Buffer) => {
    const startedAt = performance.now();
    const received = await receiveUpdate(receiving, raw);
    metrics.inbound.received(performance.now() - startedAt);
    return received;
  };

  let stop: () => Promise<void> = async () => {};
  return {
    setup,
    receive,
    retry: (seq, done) => retryUpdate(receiving, seq, done),
    start() {
      const polls = config.TELEGRAM_MODE === 'polling';
      const setsWebhook = !polls && setup.url !== undefined && config.TELEGRAM_WEBHOOK_AUTO;
      const stopIntroducing = introduce(setup, setsWebhook, clock, log);
      const stopPolling = polls ? startPolling({ api, clock, log, receive }) : undefined;
      stop = async () => {
        stopIntroducing();
        await stopPolling?.();
      };
    },
    stop: () => stop(),
  };
}
