import { isDeepStrictEqual } from 'node:util';
import { type ChatRecord, type Chats, messageIn } from '../chats.ts';
import type { Message, MessageContent } from '../message.ts';
import { integer, type Method, type Params } from '../params.ts';
import { badRequest } from '../refusal.ts';
import { buttonsOf, captionOf, textOf } from './send.ts';

/** 48 hours. */
const deletableSeconds = 48 * 3600;

/** Methods that change or remove messages. A text edited without `reply_markup` loses its buttons, as in Telegram. */
export function editMethods(chats: Chats) {
  const edit = (record: ChatRecord, message: Message, content: MessageContent) => {
    const keys = ['text', 'entities', 'caption', 'caption_entities', 'reply_markup'] as const;
    if (keys.every((key) => isDeepStrictEqual(message[key], content[key]))) {
      throw badRequest(
        'message is not modified: specified new message content and reply markup are exactly the same as ' +
          'a current content and reply markup of the message',
      );
    }
    return { result: chats.edit(record, message, content, 'bot') };
  };
  return {
    editMessageText: ({ params }) => {
      const content = { ...textOf(params), ...buttonsOf(params) };
      const [record, message] = editable(chats, params);
      if (message.text === undefined) throw badRequest('there is no text in the message to edit');
      return edit(record, message, { ...kept(message), ...content });
    },
    editMessageCaption: ({ params }) => {
      const content = { ...captionOf(params), ...buttonsOf(params) };
      const [record, message] = editable(chats, params);
      if (message.photo === undefined && message.document === undefined) {
        throw badRequest('there is no caption in the message to edit');
      }
      return edit(record, message, { ...kept(message), ...content });
    },
    editMessageReplyMarkup: ({ params }) => {
      const markup = buttonsOf(params);
      const [record, message] = editable(chats, params);
      const { text, entities, caption, caption_entities } = message;
      return edit(record, message, { ...kept(message), text, entities, caption, caption_entities, ...markup });
    },
    deleteMessage: ({ params }) => {
      const record = chats.known(params.chat_id);
      const message = messageIn(record, integer(params, 'message_id'));
      if (message === undefined) throw badRequest('message to delete not found');
      if (chats.unixSeconds() - message.date > deletableSeconds) throw badRequest("message can't be deleted");
      chats.delete(record, message, 'bot');
      return { result: true };
    },
  } satisfies Record<string, Method>;
}

function editable(chats: Chats, params: Params): [ChatRecord, Message] {
  const record = chats.known(params.chat_id);
  const message = messageIn(record, integer(params, 'message_id'));
  if (message === undefined) throw badRequest('message to edit not found');
  if (message.from?.id !== chats.bot.id || record.uneditable.has(message.message_id)) {
    throw badRequest("message can't be edited");
  }
  return [record, message];
}

/** What no edit of text, caption or buttons touches. */
function kept(message: Message): MessageContent {
  const { photo, document, location, reply_to_message } = message;
  const { has_protected_content, message_thread_id, is_topic_message } = message;
  return {
    photo,
    document,
    location,
    reply_to_message,
    has_protected_content,
    message_thread_id,
    is_topic_message,
  };
}
