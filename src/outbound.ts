import { dirname, join } from 'node:path';
import type { Api, RawApi } from 'grammy';
import type { PushFrame } from '#protocol';
import { Answers } from './buttons/answers.ts';
import { createGuardedCaller } from './buttons/guarded-call.ts';
import { checkButtons, hangButtons } from './buttons/hang.ts';
import { callableUrl, isCallableOrigin } from './buttons/origins.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/open.ts';
import { HubError } from './errors.ts';
import type { Events } from './events.ts';
import { acceptPush, type PushInput } from './push/accept.ts';
import { PUSH_WAIT_MS, type PushAnswer, pushResult } from './push/answer.ts';
import { Dispatcher } from './push/dispatch.ts';
import { type UploadStore, uploadStore } from './push/files.ts';
import { inTurn } from './push/in-turn.ts';
import { uploadOf } from './push/message.ts';
import type { ChangePort, SendOutcome } from './push/send-port.ts';
import { telegramChanger } from './telegram/changer.ts';
import { telegramApi, UPLOAD_TIMEOUT_SECONDS } from './telegram/send.ts';
import { telegramSender } from './telegram/sender.ts';
import { texts } from './telegram/texts.ts';

export interface OutboundPorts {
  config: Config;
  db: Database;
  clock: Clock;
  events: Events;
  api: Api<RawApi>;
  onSettled(outcome: SendOutcome['kind']): void;
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
  isCallable(url: string): Promise<boolean>;
  start(): Promise<void>;
  /** Nothing new leaves; what is under way gets `ms` to end. */
  stop(ms: number): Promise<void>;
}

/** Puts the outbound half of the hub together. */
export function createOutbound({ config, db, clock, events, api, onSettled, onFault }: OutboundPorts): Outbound {
  const now = () => clock.now();
  const patientApi = telegramApi({
    token: config.TELEGRAM_BOT_TOKEN,
    apiRoot: config.TELEGRAM_API_ROOT,
    timeoutSeconds: UPLOAD_TIMEOUT_SECONDS,
  });
  const uploads = uploadStore(uploadsFolder(config), now);
  const dispatcher = new Dispatcher({
    db,
    clock,
    sender: telegramSender(api, patientApi),
    random: Math.random,
    onSettled(row, outcome) {
      onSettled(outcome.kind);
      const file = outcome.kind === 'sent' ? uploadOf(row) : undefined;
      if (file !== undefined) uploads.remove(file).catch(onFault);
    },
    onFault,
  });
  const isAllowed = (origin: string) => isCallableOrigin(db, config.CALLBACK_ALLOWED_ORIGINS, origin);
  const isCallable = async (url: string) => {
    const callable = callableUrl(url);
    return callable !== undefined && isAllowed(callable.origin);
  };
  const caller = createGuardedCaller({ allowPrivate: config.CALLBACK_ALLOW_PRIVATE, mayCall: isAllowed, clock });
  const telegram = telegramChanger(api);
  const answers = new Answers({
    db,
    clock,
    events,
    waker: dispatcher,
    telegram,
    call: (url, form) => caller.call(url, form),
    texts: texts.press,
    onFault,
  });
  const accept = (input: PushInput) =>
    acceptPush({ db, waker: dispatcher, hangButtons: (tx, message) => hangButtons(tx, message, now()), now }, input);
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
      await checkInTurn(tpvId, () => checkButtons(fields.buttons, isCallable));
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

/** Where uploads wait to be sent: beside the database's file, or under `./data`. */
function uploadsFolder({ DATABASE_URL: url }: Config): string {
  const file = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : './data/hub.db';
  return join(dirname(file), 'uploads');
}
