import { join } from 'node:path';
import type { Api, RawApi } from 'grammy';
import type { PushFrame } from '#protocol';
import { Answers } from '../buttons/answers.ts';
import { checkButtons, createButtons } from '../buttons/create.ts';
import { type CallOutcome, createGuardedCaller } from '../callbacks/guarded-call.ts';
import { callableUrl, type IsCallable, isCallableOrigin } from '../callbacks/origins.ts';
import type { Clock } from '../clock.ts';
import { type Config, dataFolder } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { EventSource } from '../events.ts';
import { acceptPush, inTurn, type PushInput } from '../push/accept.ts';
import { PUSH_WAIT_MS, type PushAnswer, pushResult } from '../push/answer.ts';
import { Dispatcher } from '../push/dispatch.ts';
import type { ChangePort } from '../push/send-port.ts';
import { type UploadStore, uploadStore } from '../push/uploads.ts';
import { telegramChanger } from '../telegram/outbound/changer.ts';
import { telegramSender } from '../telegram/outbound/sender.ts';
import type { Texts } from '../telegram/texts.ts';

export interface OutboundPorts {
  config: Config;
  db: Database;
  clock: Clock;
  events: EventSource;
  api: Api<RawApi>;
  texts: Texts;
  /** Origins that an administrator lets the hub call. */
  callbackOrigins(): readonly string[];
  /** Calls a TPV's URL for a press, and looks how that goes. */
  observeCall(call: () => Promise<CallOutcome>): Promise<CallOutcome>;
  onFault(error: unknown): void;
}

/** Everything that goes from a TPV or the hub to a person, and comes back from a button. */
export interface Outbound {
  readonly dispatcher: Dispatcher;
  readonly answers: Answers;
  readonly uploads: UploadStore;
  readonly telegram: ChangePort;
  accept(input: PushInput): Promise<{ id: string; repeated: boolean }>;
  /** How a message fared with Telegram, waited for as long as the contract says. */
  result(pushId: string): Promise<PushAnswer>;
  /** A push that came over a socket. */
  pushFrame(tpvId: string, frame: PushFrame): Promise<PushAnswer>;
  /** Whether the hub may ever call this URL. */
  isCallable: IsCallable;
  start(): Promise<void>;
  /** Nothing new leaves; what is under way gets `ms` to end. */
  stop(ms: number): Promise<void>;
}

/** Puts the outbound half of the hub together. */
export function createOutbound(ports: OutboundPorts): Outbound {
  const { config, db, clock, events, api, texts, onFault } = ports;
  const now = () => clock.now();
  const uploads = uploadStore(join(dataFolder(config), 'uploads'), now);
  const dispatcher = new Dispatcher({
    db,
    clock,
    events,
    sender: telegramSender(api),
    random: Math.random,
    uploads,
    onFault,
  });
  const mayCall = (origin: string, tpvId: string | null) =>
    isCallableOrigin(db, ports.callbackOrigins(), origin, tpvId);
  const isCallable: IsCallable = async (url, tpvId) => {
    const callable = callableUrl(url);
    return callable !== undefined && mayCall(callable.origin, tpvId);
  };
  const caller = createGuardedCaller({ allowPrivate: config.CALLBACK_ALLOW_PRIVATE, mayCall, clock });
  const telegram = telegramChanger(api);
  const answers = new Answers({
    db,
    clock,
    events,
    telegram,
    call: (request) => ports.observeCall(() => caller.call(request)),
    texts: texts.press,
    onFault,
  });
  const accept = (input: PushInput) =>
    acceptPush({ db, createButtons: (tx, message) => createButtons(tx, message, now()), now }, input);
  const result = async (id: string) => {
    const row = await dispatcher.settled(id, PUSH_WAIT_MS);
    if (row === undefined) throw new HubError('not_found', 'The message was deleted meanwhile.');
    return pushResult(row);
  };
  const checkInTurn = inTurn<void>();
  return {
    dispatcher,
    answers,
    uploads,
    telegram,
    accept,
    result,
    isCallable,
    async pushFrame(tpvId, { type: _type, ref: _ref, idempotency_key: idempotencyKey, ...fields }) {
      // Looking up an origin takes its time; what the TPV says after it must not overtake it.
      await checkInTurn(tpvId, () => checkButtons(fields.buttons, tpvId, isCallable));
      return result((await accept({ tpvId, fields, idempotencyKey })).id);
    },
    async start() {
      await dispatcher.start();
      await answers.start();
    },
    async stop(ms) {
      await Promise.all([dispatcher.stop(ms), answers.idle(), caller.close()]);
    },
  };
}
