import type { Api, RawApi } from 'grammy';
import type { WebhookChangePort } from '../admin/webhook-routes.ts';
import type { Answers } from '../buttons/answers.ts';
import { CANCEL_ACTION, type SayPorts } from '../conversation/say.ts';
import { cancelAction } from '../instructions/cancel-by-person.ts';
import type { HandOut } from '../instructions/submit.ts';
import type { ChangeLane } from '../push/change-lane.ts';
import type { HubActions } from '../push/hub-button.ts';
import { privacyActions } from '../rights/privacy-buttons.ts';
import { accountActions } from '../telegram/accounts/login-notice.ts';
import { lastUpdateAt } from '../telegram/inbound/last-update.ts';
import { type Polling, startPolling } from '../telegram/inbound/polling.ts';
import { type Received, type ReceivePorts, receiveUpdate } from '../telegram/inbound/receive.ts';
import { type RecordRetry, type Retried, retryUpdate } from '../telegram/inbound/retry.ts';
import { webhookSetup } from '../telegram/setup/webhook-setup.ts';
import { WebhookUpkeep } from '../telegram/setup/webhook-upkeep.ts';
import type { AssignPorts } from '../users/assign.ts';
import type { Ground } from './ground.ts';

export interface InboundPorts
  extends Pick<
    Ground,
    'config' | 'db' | 'cluster' | 'clock' | 'now' | 'log' | 'texts' | 'limits' | 'metrics' | 'onFault'
  > {
  api: Api<RawApi>;
  assigning: AssignPorts;
  handOut: HandOut;
  answers: Pick<Answers, 'pressed' | 'hubButton'>;
  changes: Pick<ChangeLane, 'join'>;
  saying: SayPorts;
}

/** Everything that comes from Telegram, by webhook or by polling, until it is committed. */
export interface Inbound {
  /** What Telegram does for the hub, to watch and mend it. */
  readonly webhook: WebhookChangePort;
  /** Takes an update as Telegram sent it; resolves once it is committed, and what comes of it is told. */
  receive(raw: Buffer, onKept?: () => void): Promise<Received>;
  /** Takes one again that was put aside. */
  retry(seq: number, record: RecordRetry): Promise<Retried>;
  /** Tells Telegram where to deliver, or begins to poll. */
  start(): void;
  stop(): Promise<void>;
}

export function createInbound(ports: InboundPorts): Inbound {
  const { config, cluster, clock, log, api, answers, metrics, limits } = ports;
  const setup = webhookSetup(config, { api, now: ports.now, lastUpdateAt: () => lastUpdateAt(ports.db) });
  /** One bot has one hub that tells Telegram what it wants, and asks for updates. */
  const leads = () => cluster.term('telegram') !== undefined;
  const auto = setup.mode === 'webhook' && setup.url !== undefined && config.TELEGRAM_WEBHOOK_AUTO;
  const upkeep = new WebhookUpkeep({ setup, locale: config.DEFAULT_LOCALE, auto, clock, log, leads });
  // What each button of the hub's own does, by the name that `hubButton` hangs.
  const hubActions: HubActions = {
    [CANCEL_ACTION]: cancelAction(ports.texts),
    ...accountActions({ publicUrl: config.PUBLIC_URL }),
    ...privacyActions((languageCode) => ports.texts.of(languageCode).privacy),
  };
  const receiving: ReceivePorts = {
    ...ports,
    settings: limits,
    onPress: (press, outcome) => answers.pressed(press, outcome),
    hubButtons: {
      actions: hubActions,
      changes: ports.changes,
      answer: (queryId, answer) => answers.hubButton(queryId, answer),
      texts: ports.texts,
    },
    forwardStart: config.FORWARD_START,
    publicUrl: config.PUBLIC_URL,
    forwardEdits: config.FORWARD_EDITS,
  };
  const receive = async (raw: Buffer, onKept?: () => void) => {
    const startedAt = performance.now();
    const received = await receiveUpdate(receiving, raw, onKept);
    metrics.inbound.received(performance.now() - startedAt);
    return received;
  };

  let polling: Polling | undefined;
  return {
    webhook: {
      mode: setup.mode,
      expectedUrl: setup.mode === 'webhook' ? setup.url : undefined,
      read: () => upkeep.read(),
      set: (url) => upkeep.set(url),
      remove: () => upkeep.remove(),
      pollingTrouble: () => polling?.trouble(),
    },
    receive,
    retry: (seq, record) => retryUpdate(receiving, seq, record),
    start() {
      upkeep.start();
      if (setup.mode === 'polling') polling = startPolling({ api, clock, log, receive, leads });
    },
    async stop() {
      upkeep.stop();
      await polling?.stop();
    },
  };
}
