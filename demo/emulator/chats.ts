import type { EmulatorClock } from './clock.ts';
import type { Feed } from './feed.ts';
import type { Chat, Message, MessageContent, ReplyKeyboard, User } from './message.ts';
import { badRequest, Refusal } from './refusal.ts';

/** Telegram's words for a person who is gone: the account was deleted, or the bot can't find it. */
export type Gone = 'user is deactivated' | 'chat not found' | 'private chat not found' | 'PEER_ID_INVALID';

/** A chat and what is in it. */
export interface ChatRecord {
  chat: Chat;
  /** Whose private chat it is; undefined for groups and channels. */
  person: User | undefined;
  /** Ascending message_id. An edit puts a new object in the old one's place. */
  readonly messages: Message[];
  /** The person wrote to the bot: only then may the bot write. */
  started: boolean;
  blocked: boolean;
  /** What Telegram says to every message, as the person is gone for good. */
  gone: Refusal | undefined;
  /** What the person has in place of the letters. */
  keyboard: ReplyKeyboard | undefined;
  /** Messages that brought or took such a keyboard: the bot can't change them. */
  readonly uneditable: Set<number>;
  /** Topics of the chat, by their numbers. */
  readonly topics: Set<number>;
  /** Called after every change of `messages`. */
  readonly watchers: Set<(changed: Message) => void>;
}

export interface Profile {
  id: number;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

type By = 'bot' | 'person';

/** Every chat that the bot has, and the one numbering of its messages. */
export class Chats {
  readonly bot: User;
  readonly #feed: Feed;
  readonly #clock: Pick<EmulatorClock, 'now'>;
  readonly #records = new Map<number, ChatRecord>();
  #nextMessageId = 1;

  constructor(bot: User, feed: Feed, clock: Pick<EmulatorClock, 'now'>) {
    this.bot = bot;
    this.#feed = feed;
    this.#clock = clock;
  }

  /** Seconds since the epoch, as messages carry them. */
  unixSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  /** The person's private chat; made where there is none yet. A known person goes by the new names from now on. */
  open({ id, ...names }: Profile): ChatRecord {
    const { language_code: _, ...shown } = names;
    const chat: Chat = { id, type: 'private', ...shown };
    const person: User = { id, is_bot: false, ...names };
    const known = this.#records.get(id);
    return known === undefined ? this.#add(chat, person) : Object.assign(known, { chat, person });
  }

  /** A group or channel that an injected update speaks of: from then on the bot may write there. */
  join(chat: Chat): void {
    if (this.#records.has(chat.id)) return;
    this.#add(chat, undefined).started = true;
  }

  #add(chat: Chat, person: User | undefined): ChatRecord {
    const record: ChatRecord = {
      chat,
      person,
      messages: [],
      started: false,
      blocked: false,
      gone: undefined,
      keyboard: undefined,
      uneditable: new Set(),
      topics: new Set(),
      watchers: new Set(),
    };
    this.#records.set(chat.id, record);
    this.#feed.emit({ kind: 'person', chatId: chat.id, blocked: false });
    return record;
  }

  block(record: ChatRecord, blocked: boolean): void {
    record.blocked = blocked;
    this.#feed.emit({ kind: 'person', chatId: record.chat.id, blocked });
  }

  leave(record: ChatRecord, why: Gone): void {
    const isDeactivated = why === 'user is deactivated';
    record.gone = isDeactivated ? new Refusal(403, `Forbidden: ${why}`) : badRequest(why);
  }

  people(): ChatRecord[] {
    return [...this.#records.values()].filter(({ person }) => person !== undefined);
  }

  get(chatId: number): ChatRecord | undefined {
    return this.#records.get(chatId);
  }

  /** The chat that a call names. */
  known(chatId: unknown): ChatRecord {
    if (chatId === undefined || chatId === '') throw badRequest('chat_id is empty');
    const record = typeof chatId === 'number' ? this.#records.get(chatId) : undefined;
    if (record === undefined) throw badRequest('chat not found');
    return record;
  }

  /** The chat that a call names, where the bot may write. */
  writable(chatId: unknown): ChatRecord {
    const record = this.known(chatId);
    if (record.gone !== undefined) throw record.gone;
    if (record.blocked) throw new Refusal(403, 'Forbidden: bot was blocked by the user');
    if (!record.started) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    return record;
  }

  /** The bot seems to do something, for a while or until its next message. */
  act(record: ChatRecord, action: string): void {
    this.#feed.emit({ kind: 'chat_action', chatId: record.chat.id, action });
  }

  post(record: ChatRecord, from: User, content: MessageContent): Message {
    const message_id = this.#nextMessageId;
    this.#nextMessageId += 1;
    const message: Message = { message_id, from, chat: record.chat, date: this.unixSeconds(), ...content };
    record.messages.push(message);
    this.#changed(record, message, 'sent', from.is_bot ? 'bot' : 'person');
    return message;
  }

  /** What a message makes of the keyboard in place of the letters; undefined: it takes it away. */
  setKeyboard(record: ChatRecord, keyboard: ReplyKeyboard | undefined): void {
    record.keyboard = keyboard;
    this.#feed.emit({ kind: 'keyboard', chatId: record.chat.id, keyboard });
  }

  /** Replaces a message's content; what `content` leaves undefined goes. */
  edit(record: ChatRecord, old: Message, content: MessageContent, by: By): Message {
    const { message_id, from, chat, date } = old;
    const message = withoutUndefined({ message_id, from, chat, date, edit_date: this.unixSeconds(), ...content });
    record.messages[indexOf(record.messages, message_id)] = message;
    this.#changed(record, message, 'edited', by);
    return message;
  }

  delete(record: ChatRecord, message: Message, by: By): void {
    record.messages.splice(indexOf(record.messages, message.message_id), 1);
    this.#changed(record, message, 'deleted', by);
  }

  #changed(record: ChatRecord, message: Message, change: 'sent' | 'edited' | 'deleted', by: By): void {
    for (const watcher of record.watchers) watcher(message);
    this.#feed.emit({ kind: 'message', change, by, chatId: record.chat.id, message });
  }
}

/** The message with this number, undefined where there is none (any more). */
export function messageIn(record: ChatRecord, messageId: number | undefined): Message | undefined {
  return messageId === undefined ? undefined : record.messages[indexOf(record.messages, messageId)];
}

/** The last messages in a line, for an error. */
export function excerpt(messages: readonly Message[]): string {
  const lines = messages.slice(-5).map(({ message_id: id, from, text, caption }) => {
    return `#${id} ${from?.first_name ?? ''}: ${(text ?? caption ?? '(no text)').slice(0, 80)}`;
  });
  return lines.join(' | ') || 'nothing';
}

function indexOf(messages: readonly Message[], messageId: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const id = messages[middle]?.message_id ?? 0;
    if (id === messageId) return middle;
    if (id < messageId) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function withoutUndefined(message: Message): Message {
  // Object.fromEntries forgets the type; nothing but undefined values went, so it is still a Message.
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) as unknown as Message;
}
