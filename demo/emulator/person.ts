import { randomInt } from 'node:crypto';
import type { CallbackQueries } from './callback-queries.ts';
import { type ChatRecord, type Chats, excerpt, type Gone, messageIn } from './chats.ts';
import type { FileKind, FileStore, StoredFile } from './files.ts';
import type { Message, MessageContent, ReplyKeyboard } from './message.ts';
import { upload } from './multipart.ts';
import type { Params } from './params.ts';
import { callbackDataOf, type KeyGives, keyOf } from './pressed.ts';
import { withEntities } from './text/detected-entities.ts';
import type { UpdateQueue } from './updates.ts';
import { WAIT_MS, type Waits } from './waits.ts';

/** A file that a person sends. */
export interface FileToSend {
  bytes: Buffer | Uint8Array;
  name?: string;
  mimeType?: string;
  caption?: string;
}

export interface Press {
  callbackQueryId: string;
  updateId: number;
  /** The parameters of the answerCallbackQuery that ends the spinner; rejects when the emulator closes first. */
  answered: Promise<Params>;
}

export interface PersonParts {
  chats: Chats;
  queue: UpdateQueue;
  queries: CallbackQueries;
  files: FileStore;
  waits: Waits;
}

/** Someone with a phone: sends, edits, presses, and sees the chat. Every act returns the update_id it became. */
export class Person {
  readonly id: number;
  readonly #record: ChatRecord;
  readonly #parts: PersonParts;
  readonly #chatInstance = `${randomInt(1, 2 ** 47)}`;
  #handedOut = 0;

  constructor(record: ChatRecord, parts: PersonParts) {
    this.id = record.chat.id;
    this.#record = record;
    this.#parts = parts;
  }

  /** What the person sees: edits applied, deleted messages gone. */
  get chat(): readonly Message[] {
    return this.#record.messages;
  }

  /** What the bot put in place of the letters. */
  get keyboard(): ReplyKeyboard | undefined {
    return this.#record.keyboard;
  }

  /** @param extra more message fields, such as `reply_to_message` */
  send(text: string, extra: Partial<Message> = {}): number {
    return this.#say({ text, ...withEntities('entities', text), ...extra });
  }

  sendPhoto({ caption, ...file }: FileToSend, extra: Partial<Message> = {}): number {
    const photo = this.#parts.files.photo(this.#store('photo', file, 'photo.jpg', 'image/jpeg'));
    return this.#say({ photo, ...captioned(caption), ...extra });
  }

  sendDocument({ caption, ...file }: FileToSend, extra: Partial<Message> = {}): number {
    const stored = this.#store('document', file, 'document.bin', 'application/octet-stream');
    return this.#say({ document: this.#parts.files.document(stored), ...captioned(caption), ...extra });
  }

  sendVoice({ caption, ...file }: FileToSend, durationSeconds = 1): number {
    const stored = this.#store('voice', file, 'voice.ogg', 'audio/ogg');
    const { file_name: _, ...ref } = this.#parts.files.document(stored);
    return this.#say({ voice: { ...ref, duration: durationSeconds }, ...captioned(caption) });
  }

  sendLocation(latitude: number, longitude: number): number {
    return this.#say({ location: { latitude, longitude } });
  }

  sendContact(phoneNumber: string, firstName: string, userId?: number): number {
    const contact = { phone_number: phoneNumber, first_name: firstName };
    return this.#say({ contact: userId === undefined ? contact : { ...contact, user_id: userId } });
  }

  /**
   * Presses a key of the keyboard in place of the letters: it sends its text, or what it asks for.
   *
   * @param key its text, or its place counted from 0 over all rows
   * @param gives what the person's phone, or the page that opens, gives
   * @throws {Error} where there is no such key
   */
  pressKey(key: string | number, gives: KeyGives = {}): number {
    const { chats } = this.#parts;
    const pressed = keyOf(this.#record.keyboard, key);
    this.#mustNotBlock();
    // Telegram's own programs hide it, and can show it again.
    if (this.#record.keyboard?.one_time_keyboard) chats.setKeyboard(this.#record, undefined);
    const { phone = '+34600000000', place = { latitude: 40.4168, longitude: -3.7038 }, data = '' } = gives;
    if (pressed.request_contact) return this.sendContact(phone, this.#record.person?.first_name ?? '', this.id);
    if (pressed.request_location) return this.sendLocation(place.latitude, place.longitude);
    if (pressed.web_app) return this.#say({ web_app_data: { data, button_text: pressed.text } });
    return this.send(pressed.text);
  }

  /** Writes in a topic of the chat, which is made where it is not there yet. */
  sendInTopic(topic: number, text: string): number {
    this.#record.topics.add(topic);
    return this.send(text, { message_thread_id: topic, is_topic_message: true });
  }

  /** Deletes a topic: the bot can't write there any more. */
  deleteTopic(topic: number): void {
    this.#record.topics.delete(topic);
  }

  /** Changes the text (or caption) of one of the person's own messages: an `edited_message`. */
  edit(messageId: number, text: string): number {
    const { chats, queue } = this.#parts;
    const old = this.#message(messageId);
    if (old.from?.id !== this.id) throw new Error(`Message ${messageId} is the bot's: a person edits only their own.`);
    const { entities: _, caption_entities: __, ...content } = old;
    const changed = old.text === undefined ? captioned(text) : { text, ...withEntities('entities', text) };
    return queue.add({ edited_message: chats.edit(this.#record, old, { ...content, ...changed }, 'person') });
  }

  /**
   * Presses a button that calls the bot.
   *
   * @param button its text, its place counted from 0 over all rows, or its callback data
   * @throws {Error} where there is no such button, or it has no callback data
   */
  press(messageId: number, button: string | number): Press {
    this.#mustNotBlock();
    const message = this.#message(messageId);
    const data = callbackDataOf(message, button);
    const { queue, queries, waits } = this.#parts;
    let callbackQueryId = '';
    const answered = waits.until<Params>(
      (settle) => {
        callbackQueryId = queries.add(this.id, settle);
        return () => undefined;
      },
      undefined,
      () => '',
    );
    // Who only presses need not await the answer; it must not count as an unhandled rejection on close.
    answered.catch(() => undefined);
    const updateId = queue.add({
      callback_query: {
        id: callbackQueryId,
        from: this.#record.person,
        message,
        chat_instance: this.#chatInstance,
        data,
      },
    });
    return { callbackQueryId, updateId, answered };
  }

  /** Blocks or unblocks the bot: a `my_chat_member` update (none where nothing changes), and 403 for what it sends. */
  block(blocked: boolean): number | undefined {
    const { chats, queue } = this.#parts;
    if (this.#record.blocked === blocked) return undefined;
    const member = (status: string) => ({
      user: chats.bot,
      status,
      ...(status === 'kicked' ? { until_date: 0 } : {}),
    });
    chats.block(this.#record, blocked);
    return queue.add({
      my_chat_member: {
        chat: this.#record.chat,
        from: this.#record.person,
        date: chats.unixSeconds(),
        old_chat_member: member(blocked ? 'member' : 'kicked'),
        new_chat_member: member(blocked ? 'kicked' : 'member'),
      },
    });
  }

  /** The person is gone for good: no update says so, only Telegram's refusals of what the bot sends. */
  leave(why: Gone): void {
    this.#parts.chats.leave(this.#record, why);
  }

  /**
   * A message of the bot. With `match`, the latest one that is in the chat (as edited by now), or the next that
   * comes or is edited to match. Without it, the next that no earlier call without `match` returned.
   */
  waitForMessage(match?: (message: Message) => boolean, timeoutMs = WAIT_MS): Promise<Message> {
    const wanted = (message: Message) => {
      if (message.from?.is_bot !== true) return false;
      return match === undefined ? message.message_id > this.#handedOut : match(message);
    };
    const handOut = (message: Message) => {
      if (match === undefined) this.#handedOut = Math.max(this.#handedOut, message.message_id);
      return message;
    };
    const { messages, watchers } = this.#record;
    const present = match === undefined ? messages.find(wanted) : messages.findLast(wanted);
    if (present !== undefined) return Promise.resolve(handOut(present));
    return this.#parts.waits.until<Message>(
      (settle) => {
        const watcher = (changed: Message) => {
          if (messageIn(this.#record, changed.message_id) === changed && wanted(changed)) settle(handOut(changed));
        };
        watchers.add(watcher);
        return () => watchers.delete(watcher);
      },
      timeoutMs,
      () => `No message of the bot matched in chat ${this.id}; it holds: ${excerpt(messages)}`,
    );
  }

  #say(content: Partial<Message>): number {
    this.#mustNotBlock();
    this.#record.started = true;
    const { chats, queue } = this.#parts;
    const from = this.#record.person ?? chats.bot;
    return queue.add({ message: chats.post(this.#record, from, content) });
  }

  #store(kind: FileKind, file: FileToSend, defaultName: string, defaultType: string): StoredFile {
    const bytes = Buffer.from(file.bytes);
    return this.#parts.files.add(kind, upload(bytes, file.name ?? defaultName, file.mimeType ?? defaultType));
  }

  #message(messageId: number): Message {
    const message = messageIn(this.#record, messageId);
    if (message === undefined) {
      throw new Error(`There is no message ${messageId} in chat ${this.id}; it holds: ${excerpt(this.chat)}`);
    }
    return message;
  }

  #mustNotBlock(): void {
    if (this.#record.blocked) throw new Error(`Person ${this.id} blocks the bot: unblock it first.`);
  }
}

function captioned(caption: string | undefined): MessageContent {
  return caption === undefined || caption === '' ? {} : { caption, ...withEntities('caption_entities', caption) };
}
