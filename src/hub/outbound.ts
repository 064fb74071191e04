import { join } from 'node:path';
import type { Api, RawApi } from 'grammy';
import type { PushFrame } from '#protocol';
import { Answers } from '../buttons/answers.ts';
import { retireButtons } from '../buttons/button-store.ts';
import { checkButtons, createButtons } from '../buttons/create.ts';
import { createGuardedCaller } from '../callbacks/guarded-call.ts';
import { systemLookup } from '../callbacks/lookup.ts';
import { type IsCallable, isCallableOrigin } from '../callbacks/origins.ts';
import { dataFolder } from '../config/config.ts';
import { inTurn } from '../db/in-turn.ts';
import { HubError } from '../errors.ts';
import { kindOfFile } from '../instructions/instruction-files.ts';
import { findTestOrder } from '../instructions/test-order.ts';
import { diskSpace, isNearlyFull } from '../observability/disk-space.ts';
import { type AcceptPorts, acceptPush, type PushInput } from '../push/accept.ts';
import { PUSH_WAIT_MS, type PushAnswer, pushResult } from '../push/answer.ts';
import type { AskChange } from '../push/change.ts';
import { answersTest, changeTestAnswer } from '../push/change-test.ts';
import { databaseUploads } from '../push/database-uploads.ts';
import { Dispatcher } from '../push/dispatch.ts';
import { fileFetcher } from '../push/fetch-file.ts';
import { PushQuota } from '../push/quota.ts';
import type { ReplyPorts } from '../push/reply.ts';
import { Typing } from '../push/typing.ts';
import { type UploadStore, uploadStore } from '../push/uploads.ts';
import { telegramChanger } from '../telegram/outbound/changer.ts';
import { telegramSender } from '../telegram/outbound/sender.ts';
import { callableUrl } from '../tpvs/endpoint.ts';
import { signingSecrets } from '../tpvs/signing-secret.ts';
import type { Ground } from './ground.ts';

export interface OutboundPorts
  extends Pick<
    Ground,
    | 'config'
    | 'db'
    | 'cluster'
    | 'clock'
    | 'now'
    | 'corrections'
    | 'events'
    | 'texts'
    | 'settings'
    | 'telemetry'
    | 'wording'
    | 'onFault'
  > {
  api: Api<RawApi>;
}

/** Everything that goes from a TPV or the hub to a person, and comes back from a button. */
export interface Outbound {
  readonly dispatcher: Dispatcher;
  readonly answers: Answers;
  readonly uploads: UploadStore;
  readonly quota: PushQuota;
  /** Changes a message; undefined: that is still to come. */
  change: AskChange;
  accept(input: PushInput): Promise<{ id: string; repeated: boolean }>;
  /** How a message fared with Telegram, waited for as long as the contract says. */
  result(pushId: string): Promise<PushAnswer>;
  /** What takes the messages that come with reports. */
  readonly replies: ReplyPorts;
  /** A push that came over a socket. */
  pushFrame(tpvId: string, frame: PushFrame): Promise<PushAnswer>;
  /** Whether the hub may ever call this URL. */
  isCallable: IsCallable;
  start(): Promise<void>;
  /** Nothing new leaves; what is under way gets `ms` to end. */
  stop(ms: number): Promise<void>;
}

/** Where several hubs share the database: messages of which the sending one was not told leave within this time. */
const LEADER_LOOK_MS = 5_000;

/**
 * Puts the outbound half of the hub together.
 * @param ends gets the end of what the drain does not end
 */
export function createOutbound(ports: OutboundPorts, ends: AsyncDisposableStack): Outbound {
  const { config, db, cluster, clock, now, events, api, texts, settings, wording, telemetry, onFault } = ports;
  const folder = dataFolder(config);
  const onDisk = uploadStore(join(folder, 'uploads'), now);
  const uploads = db.dialect === 'postgres' ? databaseUploads(db, onDisk, now) : onDisk;
  const aheadMs = (withinMs: number) => ports.corrections.aheadMs(withinMs);
  const telegram = telegramChanger(api);
  const mayCall = (origin: string, tpvId: string | null) =>
    isCallableOrigin(db, settings.callbackOrigins, origin, tpvId);
  const typing = new Typing({
    clock,
    events,
    isQuiet: (chatId) => dispatcher.isQuiet(chatId),
    show: (chatId) => api.sendChatAction(chatId, 'typing'),
  });
  const quota = new PushQuota({
    db,
    reached: (tpvId) => events.emit({ type: 'tpv.quota_reached', tpvId }),
    // Its folder may not be there yet, and a disk that can't be asked refuses by itself, as PostgreSQL's does.
    diskHasRoom: async () =>
      uploads === onDisk
        ? diskSpace(folder).then(
            (space) => !isNearlyFull(space),
            () => undefined,
          )
        : undefined,
  });
  const lookup = systemLookup();
  const dispatcher = new Dispatcher({
    db,
    cluster,
    clock,
    aheadMs,
    events,
    sender: telegramSender(api, uploads),
    changer: telegram,
    retireButtons: (tx, tokens) => retireButtons(tx, tokens, now()),
    random: Math.random,
    uploads,
    fetchFile: fileFetcher({
      allowPrivate: async (origin, tpvId) => config.CALLBACK_ALLOW_PRIVATE && mayCall(origin, tpvId),
      clock,
      lookup,
      uploads,
      quota,
    }),
    onFault,
  });
  const isCallable: IsCallable = async (url, tpvId) => {
    const callable = callableUrl(url);
    return callable !== undefined && mayCall(callable.origin, tpvId);
  };
  const caller = createGuardedCaller({
    allowPrivate: config.CALLBACK_ALLOW_PRIVATE,
    mayCall,
    secretsOf: (origin, tpvId) => signingSecrets(db, origin, tpvId, now()),
    clock,
    lookup,
  });
  ends.defer(() => caller.close());
  const answers = new Answers({
    db,
    cluster,
    clock,
    events,
    changes: dispatcher.changes,
    telegram,
    call: (request) => telemetry.observeCall(() => caller.call(request)),
    texts,
    onFault,
  });
  const accepting: AcceptPorts = {
    db,
    createButtons: (tx, message) => createButtons(tx, message, now()),
    kindOfFile,
    findTestOrder,
    quota,
    ifUnknown: () => settings.pushIfUnknown,
    now,
    aheadMs,
  };
  const accept = (input: PushInput) => acceptPush(accepting, input);
  const result = async (id: string) => {
    const row = await dispatcher.settled(id, PUSH_WAIT_MS);
    if (row === undefined) throw new HubError('not_found', 'The message was deleted meanwhile.');
    return pushResult(row, wording.words);
  };
  const checkInTurn = inTurn();
  /** Sends whenever this hub leads, and then looks now and then for what no hint brought. */
  const lead = () => {
    const begin = () => void dispatcher.start().catch(onFault);
    const cancels = [cluster.onLead('telegram', begin), clock.every(LEADER_LOOK_MS, begin)];
    return () => {
      for (const cancel of cancels) cancel();
    };
  };
  let leading = () => {};
  return {
    dispatcher,
    answers,
    uploads,
    quota,
    change: (row, change, ms) =>
      answersTest(row) ? changeTestAnswer(db, row, change) : dispatcher.changes.ask(row, change, ms),
    accept,
    result,
    replies: accepting,
    isCallable,
    async pushFrame(tpvId, { type: _type, ref: _ref, idempotency_key: idempotencyKey, ...fields }) {
      // Looking up an origin takes its time; what the TPV says after it must not overtake it.
      await checkInTurn(tpvId, () => checkButtons(fields.buttons, tpvId, isCallable));
      return result((await accept({ tpvId, fields, idempotencyKey })).id);
    },
    async start() {
      if (cluster.isShared) leading = lead();
      else await dispatcher.start();
      await answers.start();
    },
    async stop(ms) {
      leading();
      typing.stop();
      await Promise.all([dispatcher.stop(ms), answers.idle()]);
    },
  };
}
