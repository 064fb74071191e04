import type { Api, RawApi } from 'grammy';
import type { Answers } from '../buttons/answers.ts';
import type { HandOut } from '../instructions/submit.ts';
import { startPolling } from '../telegram/inbound/polling.ts';
import { type Received, type ReceivePorts, receiveUpdate } from '../telegram/inbound/receive.ts';
import { type RecordRetry, type Retried, retryUpdate } from '../telegram/inbound/retry.ts';
import { introduce, type WebhookSetup, webhookUrl } from '../telegram/setup/webhook-setup.ts';
import type { AssignPorts } from '../users/assign.ts';
import type { Ground } from './ground.ts';

export interface InboundPorts
  extends Pick<Ground, 'config' | 'db' | 'clock' | 'now' | 'log' | 'texts' | 'limits' | 'metrics' | 'onFault'> {
  api: Api<RawApi>;
  assigning: AssignPorts;
  handOut: HandOut;
  answers: Pick<Answers, 'pressed'>;
}

/** Everything that comes from Telegram, by webhook or by polling, until it is committed. */
export interface Inbound {
  /** Where and how Telegram delivers. */
  readonly setup: WebhookSetup;
  /** Takes an update as Telegram sent it; resolves once it is committed. */
  receive(raw: Buffer): Promise<Received>;
  /** Takes one again that was put aside. */
  retry(seq: number, record: RecordRetry): Promise<Retried>;
  /** Tells Telegram where to deliver, or begins to poll. */
  start(): void;
  stop(): Promise<void>;
}

export function createInbound(ports: InboundPorts): Inbound {
  const { config, clock, log, api, answers, metrics, limits } = ports;
  const setup = { api, url: webhookUrl(config), secret: config.TELEGRAM_WEBHOOK_SECRET };
  const receiving: ReceivePorts = {
    ...ports,
    settings: limits,
    onPress: (press, outcome) => answers.pressed(press, outcome),
    forwardStart: config.FORWARD_START,
    forwardEdits: config.FORWARD_EDITS,
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
    retry: (seq, record) => retryUpdate(receiving, seq, record),
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
