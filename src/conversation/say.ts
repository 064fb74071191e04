import { jsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { InlineKeyboard } from '../db/push-tables.ts';
import { hubSentence, say } from '../push/enqueue.ts';
import { hubButton } from '../push/hub-button.ts';
import type { ServiceNow } from '../tpvs/service/service.ts';
import { serviceOf } from '../tpvs/service/service-column.ts';
import { type Tpv, tpvById } from '../tpvs/tpv.ts';
import { NOBODY } from '../users/nobody.ts';
import { waysOfUser } from '../users/user.ts';
import { attends, type Cause, type Sentence, type Standing, sentenceFor } from './sentence.ts';
import { keepSilence, MESSAGE_COMMANDS, silenceOf } from './silence-store.ts';

/** What people read here, as HTML; an empty one is not sent. telegram/texts.ts has the sentences. */
export interface ConversationTexts {
  offline(tpv: string): string;
  waiting(tpv: string): string;
  /** The button under `waiting`. */
  readonly cancelButton: string;
  failed(tpv: string): string;
  /** Undefined: it is open. */
  service(tpv: string, service: ServiceNow, now: number): string | undefined;
}

export interface SayPorts {
  texts: { of(languageCode: string): ConversationTexts };
  isOnline(tpv: Pick<Tpv, 'id' | 'online_until'>): boolean;
  /** Writes how a TPV is seen into its row, as part of what counts on it. */
  keepPresence(tx: Tx, tpvId: string): Promise<void>;
}

/** What the standing of a TPV is read from. */
export type SeenTpv = Pick<Tpv, 'id' | 'online_until' | 'service'>;

/** What a person wrote, and to whom it goes. */
export interface Message {
  instructionId: string;
  tpvId: string;
  personId: number;
}

/** Does what the button under `waiting` asks for (src/instructions/cancel-by-person.ts). */
export const CANCEL_ACTION = 'cancel';

/** How a TPV stands towards its people now. */
export function standingOf({ isOnline }: Pick<SayPorts, 'isOnline'>, tpv: SeenTpv, now: number): Standing {
  return { online: isOnline(tpv), service: serviceOf(tpv, now).state };
}

/**
 * A message came, and is stored by the same transaction: where its TPV does not attend to it now, the person reads why.
 * @param seen the TPV as it was read with the person: while it is online and open, nothing else is read
 */
export async function messageCame(
  tx: Tx,
  ports: SayPorts,
  message: Message,
  seen: SeenTpv | undefined,
  now: number,
): Promise<void> {
  if (seen !== undefined && attends(standingOf(ports, seen, now))) return keepComing(tx, ports, seen);
  const [tpv] = await tx.run(tpvById, { id: message.tpvId });
  if (tpv === undefined) return;
  await keepComing(tx, ports, tpv);
  await sayInSilence(tx, ports, 'message', tpv, message, now);
}

/**
 * Writes a TPV's presence into its row, if it connected a moment ago and the row does not say so yet. Without that a hub
 * that is killed now would find at its next start a TPV that never connected, and would not tell the person that it left.
 */
async function keepComing(tx: Tx, { isOnline, keepPresence }: SayPorts, tpv: SeenTpv): Promise<void> {
  if (tpv.online_until === null && isOnline(tpv)) await keepPresence(tx, tpv.id);
}

/**
 * Says what a cause calls for, unless the person read it already in this silence.
 * @returns the id of the message to the person; undefined: nothing was to be said
 */
export async function sayInSilence(
  tx: Tx,
  ports: SayPorts,
  cause: Cause,
  tpv: Tpv,
  { instructionId, personId }: Message,
  now: number,
): Promise<string | undefined> {
  if (personId === NOBODY) return undefined;
  const sentence = sentenceFor(cause, standingOf(ports, tpv, now));
  if (sentence === undefined) return undefined;
  const [before] = await tx.run(silenceOf, { personId });
  const goesOn = before?.tpv_id === tpv.id ? before : undefined;
  const said = goesOn === undefined ? [] : parseJson(goesOn.said);
  if (said.includes(sentence)) return undefined;
  const { texts, topic } = await waysTo(tx, ports, personId);
  const keyboard = sentence === 'waiting' ? cancelKeyboard(texts, instructionId) : undefined;
  const message = hubSentence(personId, wordingOf(texts, sentence, tpv, now), { keyboard, topic });
  const id = await say(tx, { ...message, because: instructionId }, now);
  if (id === undefined) return undefined;
  await tx.run(keepSilence, {
    personId,
    tpvId: tpv.id,
    instructionId: goesOn?.instruction_id ?? instructionId,
    said: jsonText<string[]>([...said, sentence]),
  });
  return id;
}

/**
 * A TPV reported that it could not do what a person wrote, and said nothing to the person with it.
 * @param topic in which the person wrote it
 */
export async function sayFailed(
  tx: Tx,
  ports: Pick<SayPorts, 'texts'>,
  { instructionId, tpvId, personId, command, topic }: Message & { command: string; topic: number | null },
  now: number,
): Promise<void> {
  if (personId === NOBODY || !MESSAGE_COMMANDS.includes(command)) return;
  const [tpv] = await tx.run(tpvById, { id: tpvId });
  if (tpv === undefined) return;
  const { texts } = await waysTo(tx, ports, personId);
  const sentence = hubSentence(personId, texts.failed(tpv.name), { topic });
  await say(tx, { ...sentence, because: instructionId }, now);
}

/** The sentences in the person's language, and the topic in which the person is. */
async function waysTo(
  tx: Tx,
  { texts }: Pick<SayPorts, 'texts'>,
  personId: number,
): Promise<{ texts: ConversationTexts; topic: number | null }> {
  const [person] = await tx.run(waysOfUser, { telegramId: personId });
  return { texts: texts.of(person?.language_code ?? ''), topic: person?.topic_id ?? null };
}

function wordingOf(texts: ConversationTexts, sentence: Sentence, tpv: Tpv, now: number): string {
  switch (sentence) {
    case 'offline':
    case 'waiting':
      return texts[sentence](tpv.name);
    case 'service.paused':
    case 'service.closed':
    case 'service.busy':
      return texts.service(tpv.name, serviceOf(tpv, now), now) ?? '';
    default:
      return sentence satisfies never;
  }
}

function cancelKeyboard(texts: ConversationTexts, instructionId: string): InlineKeyboard {
  return [[hubButton(texts.cancelButton, CANCEL_ACTION, instructionId)]];
}
