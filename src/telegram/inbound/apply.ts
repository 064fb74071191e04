import { adoptUnassigned } from '../../assignment/move-person.ts';
import { type Press, type PressOutcome, press } from '../../buttons/press.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { messageCame, type SayPorts } from '../../conversation/say.ts';
import type { Tx } from '../../db/open.ts';
import { storable } from '../../db/plain-text.ts';
import type { InlineKeyboard } from '../../db/push-tables.ts';
import type { DeliverySettings } from '../../instructions/instruction.ts';
import { keepFiles } from '../../instructions/instruction-files.ts';
import { type HandOut, type Submission, submit } from '../../instructions/submit.ts';
import { enqueue, hubSentence, type PushRequest, say } from '../../push/enqueue.ts';
import { privacyKeyboard } from '../../rights/privacy-buttons.ts';
import { type AssignPorts, assign, markUnassignedTold } from '../../users/assign.ts';
import { type Profile, type TouchedUser, touchUser } from '../../users/user.ts';
import { linkAccount } from '../accounts/link.ts';
import { panelAnswer } from '../accounts/panel-login.ts';
import type { PeoplesTexts, Texts } from '../texts/texts.ts';
import { type HubPressPorts, pressHubButton } from './hub-press.ts';
import type { Meaning, Told, Topic } from './meaning.ts';
import type { From } from './update.ts';
import { copyId, welcome } from './welcome.ts';

export interface ApplyPorts {
  cluster: Pick<Cluster, 'isShared' | 'id'>;
  handOut: HandOut;
  assigning: AssignPorts;
  texts: PeoplesTexts;
  saying: SayPorts;
  /** A press was committed, and asks for something. */
  onPress(press: Press, outcome: PressOutcome): void;
  hubButtons: HubPressPorts;
  settings: Pick<DeliverySettings, 'instructionTtlMs' | 'pressTtlMs'>;
  forwardStart: boolean;
  /** Where the panel is; undefined: the hub was not told. */
  publicUrl: string | undefined;
}

function profileOf(from: From, topic: Topic): Profile {
  return {
    telegramId: from.id,
    username: from.username ?? null,
    firstName: from.first_name,
    lastName: from.last_name ?? '',
    languageCode: from.language_code ?? '',
    ...(topic !== undefined && { topic }),
  };
}

/** The sentences in the person's language. */
function textsOf({ texts }: Pick<ApplyPorts, 'texts'>, from: From): Texts {
  return texts.of(from.language_code ?? '');
}

type Understood = Exclude<Meaning, { kind: 'none' }>;

/**
 * Does what an update asks for, as part of the transaction that keeps it.
 * @returns the id of the instruction that it became, if it did
 */
export async function applyUpdate(
  tx: Tx,
  ports: ApplyPorts,
  updateId: number,
  meaning: Understood,
  now: number,
): Promise<string | undefined> {
  const { from } = meaning;
  const texts = textsOf(ports, from);
  const topic = 'topic' in meaning ? meaning.topic : undefined;
  const tell = (text: string, keyboard?: InlineKeyboard) => enqueue(tx, sentence(from, topic, text, keyboard), now);
  const touch = (active = true) =>
    touchPerson(tx, { from, topic }, now, { active, always: meaning.kind === 'membership' });
  switch (meaning.kind) {
    case 'membership':
      await touch(meaning.active);
      return;
    case 'instruction': {
      if (meaning.asksForPanel) {
        const answer = await panelAnswer(tx, from.id, ports.publicUrl, now);
        if (answer !== undefined) {
          await tell(answer.text, answer.keyboard);
          return;
        }
      }
      const user = await touch();
      const tpvId = user.tpvId ?? (await findTpv(tx, ports, meaning, user, now));
      const one = submission(ports, updateId, tpvId, from, meaning.command, meaning.payload);
      const id = await submit(tx, ports.handOut, one, now);
      if (meaning.attachments.length > 0) await keepFiles(tx, id, meaning.attachments);
      if (tpvId !== null) {
        const message = { instructionId: id, tpvId, personId: from.id };
        await messageCame(tx, ports.saying, message, user.tpv?.id === tpvId ? user.tpv : undefined, now);
      }
      return id;
    }
    case 'start': {
      const user = await touch();
      const tpvId = await welcome(tx, { assigning: ports.assigning, texts }, from, user, meaning.code, tell);
      if (!ports.forwardStart) return undefined;
      return submit(
        tx,
        ports.handOut,
        submission(ports, updateId, tpvId, from, 'process_message', meaning.payload),
        now,
      );
    }
    case 'link':
      await tell(await linkAccount(tx, meaning.start, from, now));
      return undefined;
    case 'id':
      await touch();
      await tell(texts.yourId(from.id), copyId(texts, from.id));
      return undefined;
    case 'help':
      await touch();
      await tell(texts.help);
      return undefined;
    case 'privacy':
      await touch();
      await tell(texts.privacy.about, privacyKeyboard(texts.privacy));
      return undefined;
    case 'press': {
      const one = pressOf(updateId, meaning);
      const { handOut, settings, cluster } = ports;
      const hubId = cluster.isShared ? cluster.id : null;
      const outcome = await press(tx, { handOut, ttlMs: settings.pressTtlMs, hubId }, one, now);
      tx.afterCommit(() => ports.onPress(one, outcome));
      return outcome.kind === 'instruction' ? outcome.instructionId : undefined;
    }
    case 'hub_press':
      await pressHubButton(tx, ports.hubButtons, meaning, now);
      return undefined;
    default:
      return meaning satisfies never;
  }
}

/** @param how `always`: the panel shows the person anew, also one that was known */
async function touchPerson(
  tx: Tx,
  { from, topic }: Told,
  now: number,
  { active, always }: { active: boolean; always: boolean },
): Promise<TouchedUser> {
  const user = await touchUser(tx, profileOf(from, topic), now, active);
  if (user.isNew || always) tx.changed('user', String(from.id));
  return user;
}

/** Tells a person that no TPV can be given what they sent. */
export async function sayUnreadable(
  tx: Tx,
  ports: Pick<ApplyPorts, 'texts'>,
  person: Told,
  now: number,
): Promise<void> {
  await touchPerson(tx, person, now, { active: true, always: false });
  await say(tx, sentence(person.from, person.topic, textsOf(ports, person.from).unreadable), now);
}

/** A sentence of the hub, in the topic in which the person wrote. */
function sentence(from: From, topic: Topic, text: string, keyboard?: InlineKeyboard): PushRequest {
  return hubSentence(from.id, text, { keyboard, topic });
}

function submission(
  ports: ApplyPorts,
  updateId: number,
  tpvId: string | null,
  from: From,
  command: string,
  payload: Submission['payload'],
): Submission {
  return {
    updateId,
    tpvId,
    telegramUserId: from.id,
    telegramUsername: from.username === undefined ? null : storable(from.username),
    command,
    payload,
    ttlMs: ports.settings.instructionTtlMs,
  };
}

/** Assigns a person who wrote; if no TPV can attend them, the hub says so, once. */
async function findTpv(
  tx: Tx,
  ports: ApplyPorts,
  { from, topic }: Told,
  user: TouchedUser,
  now: number,
): Promise<string | null> {
  const tpvId = await assign(tx, ports.assigning, from.id);
  if (tpvId !== undefined) {
    await adoptUnassigned(tx, from.id, tpvId);
    return tpvId;
  }
  if (!user.told) {
    await markUnassignedTold(tx, from.id, now);
    await say(tx, sentence(from, topic, textsOf(ports, from).unassigned), now);
  }
  return null;
}

function pressOf(updateId: number, meaning: Extract<Meaning, { kind: 'press' }>): Press {
  const { from, queryId, messageId, topic, data, inKeyboard } = meaning;
  const telegramUsername = from.username === undefined ? null : storable(from.username);
  return {
    updateId,
    queryId,
    telegramUserId: from.id,
    telegramUsername,
    languageCode: from.language_code ?? '',
    messageId,
    topic,
    data: storable(data),
    inKeyboard,
  };
}
