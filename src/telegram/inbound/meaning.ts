import { LINK_START } from '../../administrators/telegram-link.ts';
import type { Submission } from '../../instructions/submit.ts';
import { hubButtonOf } from '../../push/hub-button.ts';
import { isContent } from './message-fields.ts';
import { type Attachment, attachmentsOf, messagePayload } from './payload.ts';
import { type From, type Message, topicOf, type Update } from './update.ts';

/** The topic of the chat in which a person writes now; null: in none. Undefined: it does not say. */
export type Topic = number | null | undefined;

/** What an update asks the hub to do (docs/rest.md, "What a Telegram update becomes"). */
export type Meaning =
  | {
      kind: 'instruction';
      from: From;
      command: 'process_message' | 'process_edited_message';
      payload: Submission['payload'];
      attachments: readonly Attachment[];
      topic: Topic;
      /** It is `/panel`: the hub answers a person to whom an account is linked. */
      asksForPanel?: true;
    }
  | { kind: 'start'; from: From; code: string | undefined; payload: Submission['payload']; topic: Topic }
  /** An administrator opened the link that the page of their account shows. */
  | { kind: 'link'; from: From; start: string; topic: Topic }
  | { kind: 'id' | 'help' | 'privacy'; from: From; topic: Topic }
  | {
      kind: 'press';
      from: From;
      queryId: string;
      messageId: number | undefined;
      topic: number | undefined;
      data: string;
      inKeyboard: boolean;
    }
  /** A press on a button of the hub's own. */
  | {
      kind: 'hub_press';
      from: From;
      queryId: string;
      messageId: number | undefined;
      topic: Topic;
      action: string;
      arg: string;
    }
  | { kind: 'membership'; from: From; active: boolean }
  /** `tell` gets a sentence that says so, lest a person waits for an answer to what no TPV sees. */
  | { kind: 'none'; reason: string; tell?: Told | undefined };

/** A person who should hear that something can't be read, and where. */
export interface Told {
  from: From;
  topic: Topic;
}

export interface MeaningOptions {
  forwardEdits: boolean;
}

/** Reads an update; what the hub has no use for says why. */
export function meaningOf(update: Update, options: MeaningOptions): Meaning {
  if (update.message !== undefined) return ofMessage(update.message, 'process_message');
  if (update.edited_message !== undefined) {
    if (!options.forwardEdits) return { kind: 'none', reason: 'edited message' };
    return ofMessage(update.edited_message, 'process_edited_message');
  }
  if (update.callback_query !== undefined) {
    const { from, id, message, data = '' } = update.callback_query;
    const own = hubButtonOf(data);
    const topic = message && topicOf(message);
    if (own !== undefined)
      return { kind: 'hub_press', from, queryId: id, messageId: message?.message_id, topic, ...own };
    const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
    const inKeyboard = buttons.some((button) => button.callback_data === data);
    return { kind: 'press', from, queryId: id, messageId: message?.message_id, topic, data, inKeyboard };
  }
  if (update.my_chat_member !== undefined) {
    const { chat, from, new_chat_member: member } = update.my_chat_member;
    if (chat.type !== 'private') return { kind: 'none', reason: `membership in a ${chat.type}` };
    return { kind: 'membership', from, active: member.status !== 'kicked' && member.status !== 'left' };
  }
  return { kind: 'none', reason: 'a kind of update that is not handled' };
}

/** Characters of JSON; a character has at most three bytes in UTF-8. */
const MAX_PAYLOAD_LENGTH = 64 * 1024;

/** `/command`, in a private chat perhaps with the bot's name, and what follows it. */
const COMMAND = /^\/([a-z0-9_]+)(?:@\w+)?(?:\s+(\S+))?\s*$/i;

/** To whom an account of the panel is linked the hub answers; of anybody else it is a message like others. */
const PANEL = /^\/panel(?:@\w+)?\s*$/i;

function ofMessage(message: Message, command: 'process_message' | 'process_edited_message'): Meaning {
  const { from, chat } = message;
  if (chat.type !== 'private') return { kind: 'none', reason: `message in a ${chat.type}` };
  if (from === undefined || from.is_bot === true) return { kind: 'none', reason: 'message that no person sent' };
  // What a person changes does not tell where they write now.
  const topic = command === 'process_message' ? (topicOf(message) ?? null) : undefined;
  const attachments = attachmentsOf(message);
  if (message.text === undefined && message.caption === undefined && attachments.length === 0) {
    const isSent = Object.entries(message).some(([field, value]) => value !== undefined && isContent(field));
    const reason = 'message without text or attachment';
    return { kind: 'none', reason, tell: isSent && command === 'process_message' ? { from, topic } : undefined };
  }
  const payload = messagePayload(message, attachments);
  // Telegram's own limits keep a message far below; what is larger no socket could carry (its frames have 256 KiB).
  if (payload.length > MAX_PAYLOAD_LENGTH) {
    return { kind: 'none', reason: 'message too large to hand out', tell: { from, topic } };
  }
  if (command === 'process_message' && message.text?.startsWith('/')) {
    const [, name, argument] = COMMAND.exec(message.text) ?? [];
    switch (name?.toLowerCase()) {
      case 'start':
        if (argument?.startsWith(LINK_START)) return { kind: 'link', from, start: argument, topic };
        return { kind: 'start', from, code: argument, payload, topic };
      case 'id':
        return { kind: 'id', from, topic };
      case 'help':
        return { kind: 'help', from, topic };
      case 'privacidad':
      case 'privacy':
        return { kind: 'privacy', from, topic };
    }
  }
  const asksForPanel = command === 'process_message' && PANEL.test(message.text ?? '');
  return {
    kind: 'instruction',
    from,
    command,
    payload,
    attachments,
    topic,
    ...(asksForPanel && { asksForPanel: true }),
  };
}
