import type { Tx } from '../../db/open.ts';
import type { ChangeLane } from '../../push/change-lane.ts';
import { enqueue, hubSentence } from '../../push/enqueue.ts';
import type { HubActions, HubPressAnswer } from '../../push/hub-button.ts';
import { hubPushInChat } from '../../push/of-chat.ts';
import type { Meaning } from './meaning.ts';

export interface HubPressPorts {
  actions: HubActions;
  changes: Pick<ChangeLane, 'join'>;
  /** Shows a text over the chat and ends the spinner; it was committed. */
  answer(queryId: string, answer: HubPressAnswer): void;
  texts: { of(languageCode: string): { readonly press: { readonly expired: string } } };
}

/** Does what a button of the hub's own asks for, as part of the transaction that keeps its update. */
export async function pressHubButton(
  tx: Tx,
  ports: HubPressPorts,
  { from, queryId, messageId, topic, action, arg }: Extract<Meaning, { kind: 'hub_press' }>,
  now: number,
): Promise<void> {
  const act = Object.hasOwn(ports.actions, action) ? ports.actions[action] : undefined;
  const languageCode = from.language_code ?? '';
  const answer =
    act === undefined
      ? { text: ports.texts.of(languageCode).press.expired, alert: true }
      : await act(tx, { personId: from.id, languageCode, arg }, now);
  const { message } = answer;
  if (message !== undefined) await showOnMessage(tx, ports, { chatId: from.id, messageId, topic }, message, now);
  tx.afterCommit(() => ports.answer(queryId, answer));
}

/** Changes the pressed message; where the hub does not know it any more, the person gets a new one. */
async function showOnMessage(
  tx: Tx,
  { changes }: HubPressPorts,
  { chatId, messageId, topic }: { chatId: number; messageId: number | undefined; topic: number | null | undefined },
  { text, keyboard = [] }: NonNullable<HubPressAnswer['message']>,
  now: number,
): Promise<void> {
  const [row] = messageId === undefined ? [] : await tx.run(hubPushInChat, { chatId, messageId });
  if (row === undefined) await enqueue(tx, hubSentence(chatId, text, { keyboard, topic }), now);
  else await changes.join(tx, row, { text, parseMode: 'HTML', keyboard: async () => keyboard });
}
